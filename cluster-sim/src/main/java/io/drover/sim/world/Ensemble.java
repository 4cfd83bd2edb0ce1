package io.drover.sim.world;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.Assignments;
import io.drover.model.NodeId;
import io.drover.model.VmRecord;
import io.drover.sim.kernel.Dice;
import io.drover.sim.kernel.Journal;
import io.drover.sim.kernel.Kernel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A ZooKeeper ensemble. What a majority has written is never lost; a follower may show what was so a moment ago; a session
 * is ended by the leader, by its clock, and each new leader gives every session its whole time again; a follower that is
 * cut off goes on answering reads until it notices; what the leader had not finished when it went is done or not.
 */
public final class Ensemble {
    private static final long MILLI = 1_000_000L;
    private static final long TICK = 1_000 * MILLI;
    private static final long SYNC_LIMIT = 5 * TICK;
    private static final long LOOK_EVERY = 250 * MILLI;
    private static final long WRITE_FASTEST = MILLI;
    private static final long WRITE_SLOWEST = 6 * MILLI;
    private static final long ELECTION_FASTEST = 250 * MILLI;
    private static final long ELECTION_SLOWEST = 1_200 * MILLI;
    private static final int FORGET_EVERY = 64;

    /** What is told of each transaction. */
    public interface Observer {
        /**
         * A transaction is stored.
         *
         * @param writer who sent it
         * @param epoch of the coordinator that sent it; empty: not sent as a coordinator
         * @param changed each record that it changed
         */
        void committed(NodeId writer, Optional<Long> epoch, List<Changed> changed);
    }

    /** One record before and after a transaction; null where there is none. */
    public record Changed(
            RecordKey<?> key,
            @Nullable Object before,
            @Nullable Object after) {}

    /** What becomes of a transaction. */
    sealed interface Result {
        record Applied() implements Result {}

        record Refused(int index) implements Result {}
    }

    /** A transaction on its way. */
    record Proposal(
            List<Write> writes,
            long writeId,
            long session,
            NodeId writer,
            Optional<Long> epoch,
            int server,
            Consumer<Result> answer) {}

    private record Unanswered(long zxid, Proposal proposal, Result result) {}

    private static final class Server {
        private final Machine host;
        private boolean isRunning = true;
        private boolean isServing = true;
        private long applied;
        private long contactAt;
        private long busyUntil;
        private int hangUps;
        /** Something was stored while it was cut off: its clients have not been told of that. */
        private boolean hasMissed;

        private final Deque<Unanswered> unanswered = new ArrayDeque<>();

        Server(Machine host) {
            this.host = host;
        }

        /** It has got so far: who waited for that is answered. */
        void reach(long zxid) {
            applied = Math.max(applied, zxid);
            while (!unanswered.isEmpty() && unanswered.getFirst().zxid <= applied) {
                Unanswered next = unanswered.removeFirst();
                next.proposal.answer().accept(next.result);
            }
        }

        boolean isAlive() {
            return isRunning && host.isUp();
        }
    }

    private static final class Session {
        private final long timeout;
        private long touchedAt;
        private int connection;

        Session(long timeout, long now) {
            this.timeout = timeout;
            this.touchedAt = now;
        }
    }

    private final Kernel kernel;
    private final Dice dice;
    private final Network network;
    private final Journal journal;
    private final Tree tree = new Tree();
    private final List<Server> servers = new ArrayList<>();
    private final List<StoreClient> clients = new ArrayList<>();
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final Deque<Proposal> proposals = new ArrayDeque<>();
    private final List<Observer> observers = new ArrayList<>();
    private Weather weather = Weather.FAIR;
    private int leader;
    private int leadership;
    private long electionAt = -1;
    private long quorumAt;
    private long pipeline;
    private long nextSession = 1;
    private long nextWrite = 1;
    private int places;

    Ensemble(Kernel kernel, Dice dice, Network network, List<Machine> hosts, Journal journal) {
        this.kernel = kernel;
        this.dice = dice;
        this.network = network;
        this.journal = journal;
        hosts.forEach(host -> servers.add(new Server(host)));
        kernel.every(LOOK_EVERY, LOOK_EVERY, this::look);
    }

    /** Is told of each transaction. */
    public void observe(Observer observer) {
        observers.add(observer);
    }

    void weather(Weather weather) {
        this.weather = weather;
    }

    // ---- the ground truth

    /** What a record says, by the newest transaction. */
    @SuppressWarnings("unchecked") // a key's kind fixes the type of its record
    public <T> Optional<T> truth(RecordKey<T> key) {
        Stamp stamp = tree.latest(key);
        return stamp == null ? Optional.empty() : Optional.ofNullable((T) stamp.value());
    }

    /** All records of a kind, by the newest transaction. */
    public <T> List<T> truth(RecordKind<T> kind) {
        return tree.list(kind, tree.zxid()).values().stream()
                .map(Stamp::value)
                .map(kind.type()::cast)
                .toList();
    }

    /** Stores something before the beginning. */
    public void seed(RecordKey<?> key, Object value) {
        tree.apply(List.of(Write.create(key, value, 0)), 0);
        servers.forEach(server -> server.applied = tree.zxid());
    }

    /** Stores a node's assignment before the beginning. */
    public void seedAssignment(VmRecord record, NodeId node) {
        RecordKey<Assignments> key = RecordKey.assignmentsOf(node);
        Assignments next = truth(key).orElseGet(() -> Assignments.none(node)).follow(record);
        Stamp stamp = tree.latest(key);
        tree.apply(List.of(stamp == null ? Write.create(key, next, 0) : Write.update(key, -1, next)), 0);
        servers.forEach(server -> server.applied = tree.zxid());
    }

    // ---- faults

    /** Stops or starts all servers. */
    public void run(boolean isRunning) {
        for (int i = 0; i < servers.size(); i++) {
            run(i, isRunning);
        }
    }

    /** Stops or starts one server; what it has on its disk stays. */
    public void run(int server, boolean isRunning) {
        servers.get(server).isRunning = isRunning;
        if (!isRunning) {
            servers.get(server).isServing = false;
            hangUp(server);
        }
    }

    /** How many servers it has. */
    public int size() {
        return servers.size();
    }

    /** The leader goes for a moment: another is elected, or the same again. */
    public void changeLeader() {
        if (leader >= 0) {
            dismiss("asked to");
        }
    }

    /** The number of the server that leads; -1 if none does. */
    public int leader() {
        return leader;
    }

    /** Ends a session as if it had run out. */
    public void expire(long session) {
        if (sessions.remove(session) != null) {
            end(session);
        }
    }

    /** Whether nothing is under way in it and nothing is about to be noticed. */
    public boolean isSettled() {
        if (!proposals.isEmpty() || (leader < 0 && canElect())) {
            return false;
        }
        if (leader >= 0 && (!servers.get(leader).isAlive() || reached(leader) < majority())) {
            return false;
        }
        for (int i = 0; i < servers.size(); i++) {
            Server server = servers.get(i);
            boolean isReached = leader >= 0 && isReached(leader, i);
            if (server.isServing != isReached || (isReached && server.applied != tree.zxid())) {
                return false;
            }
        }
        return clients.stream().allMatch(StoreClient::isSettled)
                && sessions.keySet().stream()
                        .allMatch(session -> clients.stream().anyMatch(client -> client.isIn(session)));
    }

    private boolean canElect() {
        for (int i = 0; i < servers.size(); i++) {
            if (servers.get(i).isAlive() && reached(i) >= majority()) {
                return true;
            }
        }
        return false;
    }

    /** A quiet stretch has been passed over, in which everything went on as it was. */
    public void leapt(long nanos) {
        sessions.values().forEach(session -> session.touchedAt += nanos);
        servers.forEach(server -> server.contactAt += nanos);
        quorumAt += nanos;
        clients.forEach(client -> client.leapt(nanos));
    }

    // ---- among the servers

    private int majority() {
        return servers.size() / 2 + 1;
    }

    private boolean isReached(int from, int to) {
        Server one = servers.get(from);
        Server other = servers.get(to);
        return one.isAlive() && other.isAlive() && network.links(one.host.number(), other.host.number());
    }

    private int reached(int from) {
        int count = 0;
        for (int i = 0; i < servers.size(); i++) {
            count += isReached(from, i) ? 1 : 0;
        }
        return count;
    }

    private void look() {
        long now = kernel.now();
        if (leader < 0) {
            elect();
            return;
        }
        if (!servers.get(leader).isAlive()) {
            dismiss("its process is gone");
            return;
        }
        if (reached(leader) >= majority()) {
            quorumAt = now;
        } else if (now - quorumAt > SYNC_LIMIT) {
            dismiss("it has lost its majority");
            return;
        }
        for (int i = 0; i < servers.size(); i++) {
            lookAfter(i, now);
        }
        expireSessions(now);
    }

    private void lookAfter(int number, long now) {
        Server server = servers.get(number);
        if (isReached(leader, number)) {
            server.contactAt = now;
            server.isServing = true;
            if (server.busyUntil <= now && server.applied < tree.zxid()) {
                // What was sent while it was cut off has got through in the end.
                catchUp(number, tree.zxid());
            }
        } else if (server.isServing && (!server.isAlive() || now - server.contactAt > SYNC_LIMIT)) {
            server.isServing = false;
            hangUp(number);
        }
    }

    private void catchUp(int number, long zxid) {
        servers.get(number).hasMissed = false;
        servers.get(number).reach(zxid);
        List.copyOf(clients).forEach(client -> client.everythingChanged(number));
    }

    private void dismiss(String why) {
        journal.note("zookeeper: the leader on " + servers.get(leader).host.id() + " is gone: " + why);
        leader = -1;
        leadership++;
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).isServing = false;
            hangUp(i);
        }
        electionAt = -1;
    }

    private void hangUp(int server) {
        servers.get(server).unanswered.clear();
        servers.get(server).hangUps++;
        List.copyOf(clients).forEach(client -> client.serverLost(server));
    }

    private void elect() {
        long now = kernel.now();
        if (!canElect()) {
            electionAt = -1;
            return;
        }
        if (electionAt < 0) {
            electionAt = now + dice.between(ELECTION_FASTEST, ELECTION_SLOWEST);
        }
        if (now < electionAt) {
            return;
        }
        int candidate = dice.below(servers.size());
        while (!servers.get(candidate).isAlive() || reached(candidate) < majority()) {
            candidate = (candidate + 1) % servers.size();
        }
        leader = candidate;
        electionAt = -1;
        quorumAt = now;
        pipeline = now;
        journal.note("zookeeper: " + servers.get(leader).host.id() + " leads");
        settleUnfinished();
        sessions.values().forEach(session -> session.touchedAt = now);
        for (int i = 0; i < servers.size(); i++) {
            lookAfter(i, now);
        }
    }

    /** What the leader before had begun: the first few are done, the others never. */
    private void settleUnfinished() {
        int done = proposals.isEmpty() ? 0 : dice.below(proposals.size() + 1);
        List<Proposal> unfinished = List.copyOf(proposals);
        proposals.clear();
        unfinished.subList(0, done).forEach(proposal -> applyNow(proposal));
    }

    private void expireSessions(long now) {
        if (reached(leader) < majority()) {
            return;
        }
        List<Long> expired = new ArrayList<>();
        sessions.forEach((id, session) -> {
            long rounded = (session.touchedAt + session.timeout) / TICK * TICK + TICK;
            if (now >= rounded) {
                expired.add(id);
            }
        });
        expired.forEach(this::expire);
    }

    private void end(long session) {
        List<Write> writes = new ArrayList<>();
        tree.ofSession(session).forEach(key -> writes.add(Write.delete(key, -1)));
        if (!writes.isEmpty()) {
            NodeId writer = servers.get(Math.max(0, leader)).host.id();
            store(new Proposal(writes, nextWriteId(), 0, writer, Optional.empty(), -1, result -> {}));
        }
    }

    // ---- writing

    long nextWriteId() {
        return nextWrite++;
    }

    /** Places in the election are numbered in the order in which they are made, not in which they were asked for. */
    private List<Write> numbered(List<Write> writes) {
        return writes.stream()
                .map(write -> write.key().equals(Place.NEXT) ? write.of(Place.numbered(places++)) : write)
                .toList();
    }

    /** A server has got a transaction from a client; the answer comes when that server has it. */
    void propose(int server, int connection, Proposal proposal) {
        Session session = sessions.get(proposal.session());
        if (leader < 0 || !servers.get(server).isServing || session == null || session.connection != connection) {
            return;
        }
        if (!isReached(leader, server)) {
            // It gets through once the way is mended, if the server still belongs to this leader then.
            int mine = leadership;
            kernel.after(LOOK_EVERY, () -> {
                if (mine == leadership) {
                    propose(server, connection, proposal);
                }
            });
            return;
        }
        session.touchedAt = kernel.now();
        proposals.add(proposal);
        int mine = leadership;
        pipeline = Math.max(pipeline, kernel.now()) + dice.between(WRITE_FASTEST, WRITE_SLOWEST);
        kernel.after(pipeline - kernel.now(), () -> finish(proposal, mine));
    }

    private void finish(Proposal proposal, int ofLeadership) {
        if (ofLeadership != leadership || leader < 0 || reached(leader) < majority()) {
            // It stays unfinished until another leader settles it; one that finds its majority again goes on with it.
            if (ofLeadership == leadership && leader >= 0) {
                kernel.after(LOOK_EVERY, () -> finish(proposal, ofLeadership));
            }
            return;
        }
        if (proposals.remove(proposal)) {
            Result result = applyNow(proposal);
            answer(proposal, result);
        }
    }

    private void answer(Proposal proposal, Result result) {
        Server server = servers.get(proposal.server());
        if (server.isServing) {
            server.unanswered.add(new Unanswered(tree.zxid(), proposal, result));
            server.reach(server.applied);
        }
    }

    private Result applyNow(Proposal proposal) {
        int misfit = tree.firstMisfit(proposal.writes());
        if (misfit >= 0) {
            return new Result.Refused(misfit);
        }
        if (proposal.session() != 0 && !sessions.containsKey(proposal.session()) && makesEphemerals(proposal)) {
            return new Result.Refused(0);
        }
        store(proposal);
        return new Result.Applied();
    }

    private static boolean makesEphemerals(Proposal proposal) {
        return proposal.writes().stream().anyMatch(write -> write.owner() != 0);
    }

    private void store(Proposal proposal) {
        List<Changed> changed = new ArrayList<>();
        List<Write> writes = numbered(proposal.writes());
        for (Write write : writes) {
            if (write.act() != Write.Act.CHECK) {
                Stamp before = tree.latest(write.key());
                Object after = write.value() instanceof StoreWrites.Follow ? null : write.value();
                changed.add(new Changed(write.key(), before == null ? null : before.value(), after));
            }
        }
        tree.apply(writes, proposal.writeId());
        spread(changed);
        observers.forEach(observer -> observer.committed(proposal.writer(), proposal.epoch(), changed));
        if (tree.zxid() % FORGET_EVERY == 0) {
            tree.forgetBefore(
                    servers.stream().mapToLong(server -> server.applied).min().orElse(0));
        }
    }

    private void spread(List<Changed> changed) {
        long zxid = tree.zxid();
        for (int i = 0; i < servers.size(); i++) {
            Server server = servers.get(i);
            int number = i;
            if (i == leader) {
                server.reach(zxid);
                kernel.after(0, () -> hint(number, changed));
            } else if (leader >= 0 && isReached(leader, i)) {
                long lag = network.latency(servers.get(leader).host.number(), server.host.number());
                lag += dice.chance(weather.lag()) ? dice.between(0, weather.lagNanos()) : 0;
                // A server applies in order.
                server.busyUntil = Math.max(server.busyUntil, kernel.now() + lag);
                kernel.after(server.busyUntil - kernel.now(), () -> {
                    if (!server.isServing) {
                        server.hasMissed = true;
                    } else if (server.hasMissed) {
                        catchUp(number, zxid);
                    } else {
                        server.reach(zxid);
                        hint(number, changed);
                    }
                });
            } else {
                server.hasMissed = true;
            }
        }
    }

    private void hint(int server, List<Changed> changed) {
        for (StoreClient client : clients) {
            client.changed(server, changed);
        }
    }

    /** A record as somebody finds it who asks the leader after everything that was before; null if there is none. */
    @Nullable
    Stamp latest(RecordKey<?> key) {
        return tree.latest(key);
    }

    // ---- reading, and sessions

    void enrol(StoreClient client) {
        clients.add(client);
    }

    void dismiss(StoreClient client) {
        clients.remove(client);
    }

    /** Whether a client gets anything from a server. */
    boolean isServing(int server) {
        return servers.get(server).isServing && servers.get(server).isAlive();
    }

    /** How often a server has closed all its connections: a client that was cut off then learns it when it asks again. */
    int hangUps(int server) {
        return servers.get(server).hangUps;
    }

    Machine host(int server) {
        return servers.get(server).host;
    }

    long appliedBy(int server) {
        return servers.get(server).applied;
    }

    @Nullable
    Stamp read(int server, RecordKey<?> key) {
        return tree.read(key, servers.get(server).applied);
    }

    Map<RecordKey<?>, Stamp> list(int server, RecordKind<?> kind) {
        return tree.list(kind, servers.get(server).applied);
    }

    /** Opens a session, or takes an old one up again: 0 if nobody can say now, -1 if the old one has ended. */
    long connect(int server, long session, long timeout, int connection) {
        if (leader < 0 || !isServing(server) || !isReached(leader, server) || reached(leader) < majority()) {
            return 0;
        }
        long id = session == 0 ? nextSession++ : session;
        if (session == 0) {
            sessions.put(id, new Session(timeout, kernel.now()));
        }
        Session open = sessions.get(id);
        if (open == null) {
            return -1;
        }
        open.connection = connection;
        open.touchedAt = kernel.now();
        return id;
    }

    /** Whether a session has not ended. */
    boolean isOpen(long session) {
        return sessions.containsKey(session);
    }

    /** A client has shown a sign of life to a server. */
    void touch(int server, long session) {
        Session open = sessions.get(session);
        if (open != null && leader >= 0 && isReached(leader, server)) {
            open.touchedAt = kernel.now();
        }
    }
}
