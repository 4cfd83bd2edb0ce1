package io.drover.sim.shell;

import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.migration.AdmissionControl;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationOffer;
import io.drover.engine.migration.MigrationTerms;
import io.drover.engine.migration.Promises;
import io.drover.engine.migration.Refusal;
import io.drover.engine.migration.RefusalCause;
import io.drover.hypervisor.GuestStatus;
import io.drover.model.LeaseState;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.world.StoreClient;
import io.drover.sim.world.Stream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The migrations in which a node takes part, for one life of its agent: at most one for each VM. */
final class Sessions {
    static final String TRANSPORT = "simulated/tcp";
    static final String MACHINE = "simulated-1";
    private static final long TICK = 100_000_000L;
    private static final Duration RECORD_PATIENCE = Duration.ofSeconds(2);
    private static final long RECORD_RETRY = 20_000_000L;
    private static final Duration PROMISE = Duration.ofSeconds(30);

    private final Agent agent;
    private final TreeMap<VmId, Session> sessions = new TreeMap<>();
    private final Set<VmId> underWay = new HashSet<>();
    private final Set<Spent> spent = new HashSet<>();
    private Promises promises = Promises.NONE;
    private Kernel.@Nullable Periodic ticking;

    /** An attempt has at most one session on its target, ever. */
    private record Spent(VmId vm, OperationId operation, int attempt) {}

    Sessions(Agent agent) {
        this.agent = agent;
    }

    Agent agent() {
        return agent;
    }

    boolean isEmpty() {
        return sessions.isEmpty() && underWay.isEmpty();
    }

    Optional<MoveProgress> progress(VmId vm) {
        return Optional.ofNullable(sessions.get(vm)).filter(Session::isSource).map(Session::progress);
    }

    private MigrationTerms terms() {
        MigrationTerms usual = MigrationTerms.of(false, agent.settings().migrationTimeout());
        return new MigrationTerms(false, usual.offerTimeout(), PROMISE, usual.copyTimeout());
    }

    /** Forgets the sessions, of which nobody is told: the node joins anew, and recovers what they leave. */
    void dropAll(String why) {
        for (Session session : List.copyOf(sessions.values())) {
            session.drop(why);
            forget(session);
        }
    }

    // ---- what the core asks for

    void begin(Versioned<VmRecord> record) {
        VmId vm = record.value().id();
        if (sessions.containsKey(vm)) {
            agent.core(new NodeEvent.MigrationEnded(vm));
            return;
        }
        SourceSession session = new SourceSession(this, record, terms());
        add(session);
        session.start();
    }

    void spend(VmId vm, OperationId operation, int attempt) {
        spent.add(new Spent(vm, operation, attempt));
    }

    void hint(VmId vm) {
        Session session = sessions.get(vm);
        if (session != null) {
            session.post(new MigrationEvent.RecordHint());
        }
    }

    void tellAll(MigrationEvent event) {
        List.copyOf(sessions.values()).forEach(session -> session.post(event));
    }

    void cancel(VmId vm, OperationId operation, int attempt, String why) {
        Session session = sessions.get(vm);
        if (session != null
                && session.isSource()
                && session.attempt.migrating().operation().equals(operation)
                && session.attempt.migrating().attempt() == attempt) {
            session.post(new MigrationEvent.CancelAsked(why));
        }
    }

    private void add(Session session) {
        sessions.put(session.vm, session);
        agent.core(new NodeEvent.MigrationBegan(session.vm));
        if (ticking == null) {
            ticking = agent.program()
                    .every(TICK, TICK, () -> List.copyOf(sessions.values()).forEach(Session::tick));
        }
        agent.changed();
    }

    private void forget(Session session) {
        promises = promises.without(session.vm);
        sessions.remove(session.vm, session);
        if (sessions.isEmpty() && ticking != null) {
            ticking.cancel();
            ticking = null;
        }
    }

    void over(Session session, MigrationResult result) {
        forget(session);
        agent.tell(session.vm + " from " + session.attempt.migrating().source() + " to "
                + session.attempt.migrating().target() + ": " + result.outcome() + " " + result.reason());
        agent.core(new NodeEvent.MigrationEnded(session.vm));
        agent.changed();
    }

    // ---- promises

    private Duration uptime() {
        return Duration.ofNanos(agent.machine().clock().read());
    }

    void renewPromise(VmId vm) {
        promises = promises.renewed(vm, uptime());
    }

    void releasePromise(VmId vm) {
        promises = promises.without(vm);
    }

    /** Bytes promised and not taken yet. */
    long promised() {
        promises = promises.expired(uptime());
        return promises.byVm().isEmpty() ? 0 : promises.outstanding(taken());
    }

    private Map<VmId, Long> taken() {
        Map<VmId, Long> taken = new TreeMap<>();
        for (GuestStatus guest : agent.machine().hypervisor().guests()) {
            taken.put(guest.vm(), guest.memory());
        }
        return taken;
    }

    // ---- offers

    void offered(MigrationOffer offer, Stream.End stream, Session source, Session.Peer back) {
        VmId vm = offer.spec().id();
        if (spent.contains(new Spent(vm, offer.operation(), offer.attempt()))) {
            refuse(stream, source, busy(RefusalCause.STALE_RECORD, "this attempt is void here"));
        } else if (sessions.containsKey(vm) || underWay.contains(vm)) {
            refuse(stream, source, busy(RefusalCause.NOT_ACCEPTING, "another migration of it is dealt with here"));
        } else {
            underWay.add(vm);
            read(offer, stream, source, back, uptime().plus(RECORD_PATIENCE));
        }
    }

    private void read(MigrationOffer offer, Stream.End stream, Session source, Session.Peer back, Duration patience) {
        agent.store().read(RecordKey.of(offer.spec().id()), new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<VmRecord>> record) {
                boolean isBehind = AdmissionControl.isBehind(offer, record.map(Versioned::value));
                if (isBehind && stream.isOpen() && uptime().compareTo(patience) < 0) {
                    agent.program().after(RECORD_RETRY, () -> read(offer, stream, source, back, patience));
                } else {
                    agent.machine()
                            .hypervisor()
                            .look(agent.program(), guests -> judge(offer, record, guests, stream, source, back));
                }
            }

            @Override
            public void failed(String why) {
                underWay.remove(offer.spec().id());
                refuse(stream, source, busy(RefusalCause.STALE_RECORD, "the record cannot be read: " + why));
            }
        });
    }

    private void judge(
            MigrationOffer offer,
            Optional<Versioned<VmRecord>> record,
            List<GuestStatus> guests,
            Stream.End stream,
            Session source,
            Session.Peer back) {
        VmId vm = offer.spec().id();
        underWay.remove(vm);
        Optional<Refusal> refusal = AdmissionControl.refusal(offer, record.map(Versioned::value), target(vm, guests));
        Spent attempt = new Spent(vm, offer.operation(), offer.attempt());
        if (refusal.isEmpty() && spent.contains(attempt)) {
            refusal = Optional.of(busy(RefusalCause.STALE_RECORD, "this attempt is void here"));
        }
        if (refusal.isPresent()) {
            refuse(stream, source, refusal.get());
            return;
        }
        if (!stream.isOpen()) {
            return;
        }
        spent.add(attempt);
        promises = promises.with(vm, offer.spec().memory(), PROMISE, uptime());
        TargetSession session = new TargetSession(this, record.orElseThrow(), terms(), stream, source);
        back.session = session;
        add(session);
        session.start();
    }

    private AdmissionControl.Target target(VmId vm, List<GuestStatus> guests) {
        return new AdmissionControl.Target(
                agent.machine().id(),
                agent.notReceiving(),
                agent.leaseState() == LeaseState.HELD,
                sessions.size(),
                agent.settings().migrationsPerNode(),
                agent.machine().hypervisor().memoryFree(),
                promised(),
                TRANSPORT,
                MACHINE,
                Set.of(),
                Set.of(),
                List.of(),
                guests.stream()
                        .filter(guest -> guest.vm().equals(vm))
                        .map(GuestStatus::state)
                        .findFirst());
    }

    private static void refuse(Stream.End stream, Session source, Refusal refusal) {
        stream.send(() -> source.post(new MigrationEvent.Rejected(refusal)));
        stream.end("refused");
    }

    private static Refusal busy(RefusalCause cause, String text) {
        return new Refusal(cause, text, "try again as a new attempt", true);
    }
}
