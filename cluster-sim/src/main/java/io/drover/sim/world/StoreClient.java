package io.drover.sim.world;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Coordination;
import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.model.NodeId;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;
import io.drover.sim.world.Settlement.Settled;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A process's connection to the simulated ZooKeeper, with the semantics of the port's real adapter. It is attached to one
 * server at a time and never reads backwards; what was under way when a connection broke failed, or is looked up once
 * there is a connection again. Its call-backs run in its process.
 */
public final class StoreClient {
    /** How long a session outlives its client, nanoseconds. */
    public static final long SESSION = 5_000_000_000L;

    private static final long MILLI = 1_000_000L;
    private static final long LOOK_EVERY = SESSION / 6;
    private static final long SILENCE = SESSION * 2 / 3;
    private static final long CONNECT_FASTEST = 20 * MILLI;
    private static final long CONNECT_SLOWEST = 400 * MILLI;
    private static final long SETTLE_LIMIT = SESSION * 2;
    private static final String CLOSED = "the connection to ZooKeeper has been closed";
    private static final byte[] NO_BYTES = new byte[0];

    /** Where an answer goes. */
    public interface Answer<T> {
        /** The answer. */
        void found(T value);

        /** There is none. */
        void failed(String why);
    }

    private final Kernel kernel;
    private final Ensemble ensemble;
    private final Network network;
    private final Machine host;
    private final Program program;
    private final Dice dice;
    private final Map<Long, Call> calls = new LinkedHashMap<>();
    private final List<Lost> lost = new ArrayList<>();
    private final List<Deferred> deferred = new ArrayList<>();
    private final List<WatchEntry> watches = new ArrayList<>();
    private final List<Consumer<Coordination.Connection>> listeners = new ArrayList<>();
    private final Kernel.@Nullable Periodic looking;

    private Coordination.Connection state = Coordination.Connection.LOST;
    private int server = -1;
    private int connection;
    private int hangUps;
    private long session;
    private long heardAt;
    private long suspendedAt;
    private long seenZxid;
    private Pipe requests;
    private Pipe answers;
    private long nextCall = 1;
    private boolean isConnecting;
    private boolean isClosed;

    /** Something that waits for an answer over this connection. */
    private interface Call {
        void broke();
    }

    private record Lost(List<Write> writes, long writeId, long session, Consumer<Settled> then, long since) {}

    private final class WatchEntry implements Watching {
        private final @Nullable RecordKey<?> key;
        private final Consumer<RecordKey<?>> hint;
        private final Runnable everything;
        private boolean isEnded;

        WatchEntry(@Nullable RecordKey<?> key, Consumer<RecordKey<?>> hint, Runnable everything) {
            this.key = key;
            this.hint = hint;
            this.everything = everything;
        }

        @Override
        public void close() {
            isEnded = true;
            watches.remove(this);
        }
    }

    /** A watch that can be ended. */
    public interface Watching {
        /** Ends it. */
        void close();
    }

    /** Connects a process; it begins to look for a server at once. */
    public StoreClient(World world, Machine host) {
        this.kernel = world.kernel();
        this.ensemble = world.ensemble();
        this.network = world.network();
        this.host = host;
        this.program = host.agent();
        this.dice = host.dice().of("store client " + program.life());
        this.requests = pipe(host.number(), host.number());
        this.answers = requests;
        this.looking = program.every(dice.between(1, LOOK_EVERY), LOOK_EVERY, this::look);
        ensemble.enrol(this);
        connect();
    }

    /** Ends the session, if a server can be told; otherwise it runs out. What still waits for an answer fails. */
    public void close() {
        if (isClosed) {
            return;
        }
        List<Call> broken = List.copyOf(calls.values());
        calls.clear();
        broken.forEach(Call::broke);
        List.copyOf(lost).forEach(write -> write.then.accept(Settled.UNKNOWN));
        List.copyOf(deferred).forEach(waiting -> waiting.failed.accept(CLOSED));
        if (state == Coordination.Connection.CONNECTED) {
            long ending = session;
            kernel.after(network.latency(host.number(), ensemble.host(server).number()), () -> ensemble.expire(ending));
        }
        drop();
    }

    /** Its process has ended: nothing is told to anybody. */
    public void drop() {
        isClosed = true;
        state = Coordination.Connection.LOST;
        if (looking != null) {
            looking.cancel();
        }
        requests.close();
        answers.close();
        ensemble.dismiss(this);
        calls.clear();
        lost.clear();
        deferred.clear();
        watches.clear();
    }

    /** What is known of the connection. */
    public Coordination.Connection connection() {
        return state;
    }

    /** The session, while there is one; 0 if there is none. */
    public long session() {
        return session;
    }

    /** Calls back with each change of the connection. */
    public void onConnection(Consumer<Coordination.Connection> listener) {
        listeners.add(listener);
    }

    // ---- reading

    /** Reads one record. */
    public <T> void read(RecordKey<T> key, Answer<Optional<Versioned<T>>> answer) {
        ask(answer, at -> {
            Stamp stamp = ensemble.read(at, key);
            return stamp == null ? Optional.empty() : Optional.of(versioned(key, stamp));
        });
    }

    /** Reads all records of a kind, in the order of names. */
    public <T> void list(RecordKind<T> kind, Answer<List<Versioned<T>>> answer) {
        ask(answer, at -> {
            List<Versioned<T>> all = new ArrayList<>();
            ensemble.list(at, kind).forEach((key, stamp) -> all.add(versioned(cast(key), stamp)));
            return all;
        });
    }

    @SuppressWarnings("unchecked") // a key's kind fixes the type of its record
    private static <T> RecordKey<T> cast(RecordKey<?> key) {
        return (RecordKey<T>) key;
    }

    @SuppressWarnings("unchecked") // a key's kind fixes the type of its record
    static <T> Versioned<T> versioned(RecordKey<T> key, Stamp stamp) {
        return new Versioned<>(key, (T) java.util.Objects.requireNonNull(stamp.value()), stamp.version(), NO_BYTES);
    }

    /** The session with which a record ends, as a server sees it; 0 if it ends with none. */
    void owner(RecordKey<?> key, Answer<Long> answer) {
        ask(answer, at -> {
            Stamp stamp = ensemble.read(at, key);
            return stamp == null ? 0L : stamp.owner();
        });
    }

    private record Deferred(Runnable ask, Consumer<String> failed, long since) {}

    private interface Reading<T> {
        T at(int server);
    }

    private <T> void ask(Answer<T> answer, Reading<T> reading) {
        ask(answer, reading, kernel.now());
    }

    private <T> void ask(Answer<T> answer, Reading<T> reading, long since) {
        if (isClosed) {
            program.after(MILLI, () -> answer.failed(CLOSED));
            return;
        }
        // As the real adapter does: it waits for a connection and asks again over the next one, but not for ever.
        Deferred again = new Deferred(() -> ask(answer, reading, since), answer::failed, since);
        if (state != Coordination.Connection.CONNECTED) {
            deferred.add(again);
            return;
        }
        long id = nextCall++;
        calls.put(id, () -> deferred.add(again));
        int of = server;
        send(() -> {
            T value = reading.at(of);
            long zxid = ensemble.appliedBy(of);
            reply(id, () -> {
                seenZxid = Math.max(seenZxid, zxid);
                answer.found(value);
            });
        });
    }

    /** Sends something to the server, in order; what happens there happens only while it serves. */
    private void send(Runnable atServer) {
        int of = server;
        int mine = connection;
        requests.send(() -> {
            if (mine == connection && ensemble.isServing(of)) {
                atServer.run();
            }
        });
    }

    private void reply(long call, Runnable answer) {
        answers.send(() -> program.run(() -> {
            if (calls.remove(call) != null) {
                heardAt = kernel.now();
                answer.run();
            }
        }));
    }

    // ---- writing

    /** Commits a transaction of an agent, with the assignments that follow from it. */
    public void commit(NodeId writer, Transaction transaction, Consumer<CommitOutcome> then) {
        commit(writer, transaction, Optional.empty(), then);
    }

    /**
     * Commits a transaction.
     *
     * @param asCoordinator the epoch in which the writer believes to coordinate, whether or not the transaction checks it
     */
    public void commit(
            NodeId writer, Transaction transaction, Optional<Long> asCoordinator, Consumer<CommitOutcome> then) {
        List<Write> writes = StoreWrites.of(transaction);
        int checks = transaction.epoch().isPresent() ? 1 : 0;
        write(writer, asCoordinator, writes, new Answer<>() {
            @Override
            public void found(Ensemble.Result result) {
                if (result instanceof Ensemble.Result.Refused refused && refused.index() < checks) {
                    findEpoch(transaction.epoch().orElse(0L) + 1, then);
                } else if (result instanceof Ensemble.Result.Refused refused) {
                    RecordKey<?> key = writes.get(refused.index()).key();
                    then.accept(new CommitOutcome.Conflict(key + " is not as it was seen"));
                } else {
                    then.accept(new CommitOutcome.Committed(StoreWrites.written(transaction)));
                }
            }

            @Override
            public void failed(String why) {
                then.accept(why.startsWith("not") ? new CommitOutcome.Conflict(why) : new CommitOutcome.Unknown(why));
            }
        });
    }

    private void findEpoch(long ifUnknown, Consumer<CommitOutcome> then) {
        read(RecordKey.EPOCH, new Answer<>() {
            @Override
            public void found(Optional<Versioned<Epoch>> epoch) {
                then.accept(new CommitOutcome.StaleEpoch(
                        epoch.map(seen -> (long) seen.version()).orElse(ifUnknown)));
            }

            @Override
            public void failed(String why) {
                then.accept(new CommitOutcome.StaleEpoch(ifUnknown));
            }
        });
    }

    /** Sends writes that are to be done together. */
    void write(NodeId writer, Optional<Long> epoch, List<Write> writes, Answer<Ensemble.Result> answer) {
        if (state != Coordination.Connection.CONNECTED) {
            program.after(MILLI, () -> answer.failed("not sent: no connection to ZooKeeper"));
            return;
        }
        long writeId = ensemble.nextWriteId();
        long mySession = session;
        long id = nextCall++;
        calls.put(
                id, () -> lost.add(new Lost(writes, writeId, mySession, found -> settle(found, answer), kernel.now())));
        int of = server;
        int mine = connection;
        send(() -> ensemble.propose(
                of, mine, new Ensemble.Proposal(writes, writeId, mySession, writer, epoch, of, result -> {
                    long zxid = ensemble.appliedBy(of);
                    reply(id, () -> {
                        seenZxid = Math.max(seenZxid, zxid);
                        answer.found(result);
                    });
                })));
    }

    private static void settle(Settled found, Answer<Ensemble.Result> answer) {
        switch (found) {
            case STORED -> answer.found(new Ensemble.Result.Applied());
            case NOT_STORED -> answer.failed("not stored: its answer was lost");
            case UNKNOWN -> answer.failed("its answer was lost and nothing tells whether it is stored");
        }
    }

    /** Asks the leader, after everything that was sent before, what became of writes whose answers were lost. */
    private void settleLost() {
        List<Lost> unsettled = List.copyOf(lost);
        lost.clear();
        for (Lost write : unsettled) {
            long id = nextCall++;
            calls.put(id, () -> lost.add(write));
            int of = server;
            int mine = connection;
            send(() -> ensemble.propose(
                    of,
                    mine,
                    new Ensemble.Proposal(
                            List.of(), ensemble.nextWriteId(), session, host.id(), Optional.empty(), of, result -> {
                                Settled found = found(write);
                                reply(id, () -> write.then.accept(found));
                            })));
        }
    }

    private Settled found(Lost lostWrite) {
        return Settlement.of(
                lostWrite.writes,
                lostWrite.writeId,
                lostWrite.session == session,
                write -> ensemble.latest(write.key()));
    }

    // ---- watching

    /** Calls back whenever a record may have changed: at first, after changes, and after each reconnection. */
    public Watching watch(RecordKey<?> key, Runnable hint) {
        return add(new WatchEntry(key, changed -> hint.run(), hint));
    }

    /** Calls back with each record that may have changed, and when all may have. */
    public Watching watchAll(Consumer<RecordKey<?>> hint, Runnable everything) {
        return add(new WatchEntry(null, hint, everything));
    }

    private Watching add(WatchEntry entry) {
        watches.add(entry);
        if (state == Coordination.Connection.CONNECTED) {
            program.after(MILLI, () -> {
                if (!entry.isEnded) {
                    entry.everything.run();
                }
            });
        }
        return entry;
    }

    void changed(int at, List<Ensemble.Changed> changes) {
        if (at != server || state != Coordination.Connection.CONNECTED) {
            return;
        }
        for (WatchEntry entry : List.copyOf(watches)) {
            for (Ensemble.Changed change : changes) {
                if (entry.key == null || entry.key.equals(change.key())) {
                    int mine = connection;
                    answers.send(() -> program.run(() -> {
                        if (!entry.isEnded && mine == connection) {
                            entry.hint.accept(change.key());
                        }
                    }));
                }
            }
        }
    }

    void everythingChanged(int at) {
        if (at == server && state == Coordination.Connection.CONNECTED) {
            int mine = connection;
            program.run(() -> {
                for (WatchEntry entry : List.copyOf(watches)) {
                    if (!entry.isEnded && mine == connection) {
                        entry.everything.run();
                    }
                }
            });
        }
    }

    // ---- the connection

    /** Whether it holds its connection in peace, or can have none. */
    boolean isSettled() {
        if (program.isFrozen() || !calls.isEmpty() || !lost.isEmpty()) {
            return false;
        }
        if (state == Coordination.Connection.CONNECTED) {
            return ensemble.isServing(server) && ensemble.isOpen(session) && isLinkedTo(server);
        }
        return state == Coordination.Connection.LOST && !isConnecting && !canConnect();
    }

    private boolean isLinkedTo(int of) {
        return network.linksToStore(host.number(), ensemble.host(of).number());
    }

    private Pipe pipe(int from, int to) {
        return new Pipe(
                kernel,
                network,
                from,
                to,
                () -> network.reaches(from, to) && network.linksToStore(host.number(), host.number()));
    }

    /** Whether a server is there to connect to. */
    public boolean canConnect() {
        for (int i = 0; i < ensemble.size(); i++) {
            if (ensemble.isServing(i) && isLinkedTo(i)) {
                return true;
            }
        }
        return false;
    }

    boolean isIn(long ofSession) {
        return state == Coordination.Connection.CONNECTED && session == ofSession;
    }

    void leapt(long nanos) {
        heardAt += nanos;
        suspendedAt += nanos;
    }

    /** The server has closed the connection, or its process is gone: its host says so if it is reached. */
    void serverLost(int lostServer) {
        if (lostServer == server
                && state == Coordination.Connection.CONNECTED
                && ensemble.host(server).isUp()
                && isLinkedTo(server)) {
            int mine = connection;
            program.run(() -> {
                if (mine == connection && state == Coordination.Connection.CONNECTED) {
                    suspend();
                }
            });
        }
    }

    private void look() {
        if (state == Coordination.Connection.CONNECTED) {
            boolean isLinked = ensemble.isServing(server) && isLinkedTo(server);
            if (isLinked && (!ensemble.isOpen(session) || ensemble.hangUps(server) != hangUps)) {
                // The server has hung up, on everybody or on a session that has ended.
                suspend();
            } else if (isLinked) {
                heardAt = kernel.now();
                ensemble.touch(server, session);
            } else if (kernel.now() - heardAt > SILENCE) {
                suspend();
            }
            return;
        }
        if (state == Coordination.Connection.SUSPENDED && kernel.now() - suspendedAt > SESSION / 3) {
            become(Coordination.Connection.LOST);
        }
        giveUpLost();
        for (Deferred waiting : List.copyOf(deferred)) {
            if (kernel.now() - waiting.since > SESSION) {
                deferred.remove(waiting);
                waiting.failed.accept("no connection to ZooKeeper");
            }
        }
        connect();
    }

    private void giveUpLost() {
        for (Lost write : List.copyOf(lost)) {
            if (kernel.now() - write.since > SETTLE_LIMIT) {
                lost.remove(write);
                write.then.accept(Settled.UNKNOWN);
            }
        }
    }

    private void suspend() {
        connection++;
        requests.close();
        answers.close();
        suspendedAt = kernel.now();
        become(Coordination.Connection.SUSPENDED);
        List<Call> broken = List.copyOf(calls.values());
        calls.clear();
        broken.forEach(Call::broke);
        connect();
    }

    private void connect() {
        if (isConnecting || isClosed || !canConnect()) {
            return;
        }
        isConnecting = true;
        int life = program.life();
        kernel.after(dice.between(CONNECT_FASTEST, CONNECT_SLOWEST), () -> {
            isConnecting = false;
            program.run(life, this::tryServer);
        });
    }

    private void tryServer() {
        if (isClosed || state == Coordination.Connection.CONNECTED) {
            return;
        }
        int candidate = dice.below(ensemble.size());
        boolean isOpen =
                ensemble.isServing(candidate) && isLinkedTo(candidate) && ensemble.appliedBy(candidate) >= seenZxid;
        long found = isOpen ? ensemble.connect(candidate, session, SESSION, connection + 1) : 0;
        if (found == 0) {
            connect();
            return;
        }
        if (found < 0) {
            // The session has ended: a new one is opened with the next try.
            session = 0;
            become(Coordination.Connection.LOST);
            connect();
            return;
        }
        connection++;
        server = candidate;
        hangUps = ensemble.hangUps(candidate);
        session = found;
        heardAt = kernel.now();
        seenZxid = Math.max(seenZxid, ensemble.appliedBy(candidate));
        int there = ensemble.host(candidate).number();
        requests = pipe(host.number(), there);
        answers = pipe(there, host.number());
        become(Coordination.Connection.CONNECTED);
        settleLost();
        List<Deferred> waiting = List.copyOf(deferred);
        deferred.clear();
        waiting.forEach(each -> each.ask.run());
        List.copyOf(watches).forEach(entry -> {
            if (!entry.isEnded) {
                entry.everything.run();
            }
        });
    }

    private void become(Coordination.Connection next) {
        if (state != next) {
            state = next;
            List.copyOf(listeners).forEach(listener -> listener.accept(next));
        }
    }

    /** Its changes as the port has them. */
    static boolean isVm(Change change) {
        return change.key().kind().equals(RecordKind.VMS) && !(change instanceof Change.Check<?>);
    }
}
