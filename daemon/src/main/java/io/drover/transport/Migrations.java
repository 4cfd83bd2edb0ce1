package io.drover.transport;

import io.drover.coordination.Versioned;
import io.drover.engine.migration.MigrationEvent;
import io.drover.engine.migration.MigrationOffer;
import io.drover.engine.migration.MigrationTerms;
import io.drover.engine.migration.Refusal;
import io.drover.hypervisor.LiveMigration;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.grpc.BindableService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The live migrations in which this node takes part, in either role: at most one for each VM. Safe for any thread.
 *
 * <p>After a restart there are no sessions; what becomes of a migration then is decided by {@link
 * io.drover.engine.migration.Recovery}, by whoever drives this node's VMs. Before this node serves offers, every attempt
 * of which it is the target and that was there before its start must be {@linkplain #voidAttempt made void}.
 */
public final class Migrations implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(100);

    private final MigrationPorts ports;
    private final Duration promiseExpiry;
    private final MigrationClient client;
    private final Admissions admissions;
    private final TargetInquiries inquiries;
    private final MoveChecks checks;
    private final PromiseBook promises = new PromiseBook();
    private final ConcurrentMap<VmId, MigrationSession> sessions = new ConcurrentHashMap<>();
    private final ScheduledFuture<?> ticking;

    /**
     * Migrations over the given ports.
     *
     * @param channels to other agents; not closed with this
     */
    public Migrations(MigrationPorts ports, Channels channels) {
        this(ports, channels, Duration.ofSeconds(30));
    }

    /** With another time that a promise lasts without progress. */
    Migrations(MigrationPorts ports, Channels channels, Duration promiseExpiry) {
        this.ports = ports;
        this.promiseExpiry = promiseExpiry;
        this.client = new MigrationClient(channels);
        this.admissions = new Admissions(ports, new Standing());
        this.inquiries = new TargetInquiries(ports, channels);
        this.checks = new MoveChecks(ports, inquiries, admissions);
        this.ticking =
                ports.timer().scheduleAtFixedRate(this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The service that sources call, and whoever thinks of a move; for the agent's server, built with {@link Channels#accept}. */
    public BindableService service() {
        return new MigrationServer(ports.loop(), admissions::offered, checks);
    }

    /**
     * Begins to move a VM away from this node.
     *
     * @param record the VM's record, migrating from this node
     * @param targetAddress host:port of the target's gRPC services
     * @return false if this node has a session of the VM already; nothing is changed then
     * @throws IllegalArgumentException if the record is not migrating from this node
     */
    public boolean begin(Versioned<VmRecord> record, String targetAddress) {
        SourceSession session = new SourceSession(
                ports, client, targetAddress, inquiries::fit, terms(record.value()), record, this::over);
        if (sessions.putIfAbsent(session.vm, session) != null) {
            return false;
        }
        ports.events().began(MigrationRole.SOURCE, session.vm);
        ports.loop().execute(session::start);
        return true;
    }

    /**
     * Asks for the end of a migration from this node. Too late once the switch-over has begun: then it goes on, and a
     * reason says so.
     *
     * @return false if this node does not send that VM now
     */
    public boolean cancel(VmId vm, String why) {
        Optional<MigrationSession> source = session(vm).filter(session -> session.role() == MigrationRole.SOURCE);
        source.ifPresent(session -> session.post(new MigrationEvent.CancelAsked(why)));
        return source.isPresent();
    }

    /** The migrations of now, in the order of VMs' names. */
    public List<SessionView> sessions() {
        return sessions.values().stream()
                .map(MigrationSession::view)
                .sorted(java.util.Comparator.comparing(SessionView::vm))
                .toList();
    }

    /** Whether a session deals with this VM: then nobody else may touch its guest or its record's phase. */
    public boolean hasSession(VmId vm) {
        return sessions.containsKey(vm);
    }

    /** This node holds its lease from now on, or does not: all sessions are told. */
    public void leaseIs(boolean isHeld) {
        MigrationEvent event = isHeld ? new MigrationEvent.LeaseHeld() : new MigrationEvent.LeaseLost();
        sessions.values().forEach(session -> session.post(event));
    }

    /**
     * Cuts all streams and forgets the sessions, of which nobody is told; on the loop. Guests and records stay as they
     * are, for recovery.
     */
    public void dropAll(String why) {
        List.copyOf(sessions.values()).forEach(session -> {
            session.drop(why);
            over(session);
        });
    }

    /**
     * Hands the registration of a VM that is off here over to the host of another node, which is asked first. Blocks.
     *
     * @throws io.drover.hypervisor.HypervisorException if it is here still, and that node does not have the VM
     */
    public void handOver(VmSpec vm, NodeId owner) {
        inquiries.handOver(vm, owner);
    }

    /** The VM's record may have changed. */
    public void recordHint(VmId vm) {
        session(vm).ifPresent(session -> session.post(new MigrationEvent.RecordHint()));
    }

    /**
     * From now on this node takes no offer of an attempt: it was there before this agent started, or {@link
     * io.drover.engine.migration.Recovery} is about to write its note. Without this, a note that is still on its way
     * could let the source go on with a guest that an offer taken meanwhile has brought here.
     *
     * @return false if a session deals with the VM: then no note may be written
     */
    public boolean voidAttempt(VmId vm, OperationId operation, int attempt) {
        return admissions.spend(vm, operation, attempt);
    }

    /** Bytes promised to guests that are to arrive, their whole memory counted. */
    public long promisedMemory() {
        return promises.outstanding(Map.of());
    }

    /**
     * Bytes promised to guests that are to arrive and not taken yet.
     *
     * @param taken bytes that each guest on this host holds now
     */
    public long promisedMemory(Map<VmId, Long> taken) {
        return promises.outstanding(taken);
    }

    /** Migrations in which this node takes part, in and out. */
    public int slotsInUse() {
        return sessions.size();
    }

    /** Cuts all streams. Guests and records stay as they are: the next start of the agent goes on from them. */
    @Override
    public void close() {
        ticking.cancel(false);
        ports.loop().execute(() -> sessions.values().forEach(session -> session.drop("the agent stops")));
    }

    private Optional<MigrationSession> session(VmId vm) {
        return Optional.ofNullable(sessions.get(vm));
    }

    private MigrationTerms terms(VmRecord record) {
        boolean hasFiles = record.phase() instanceof Phase.Migrating migrating
                && !migrating.storage().isEmpty();
        boolean isAtomic = ports.hypervisor().migration().handOver() == LiveMigration.HandOver.ATOMIC;
        MigrationTerms usual =
                MigrationTerms.of(isAtomic, ports.host().settings().migrationTimeout());
        Duration longest = hasFiles ? MigrationTerms.WITH_FILES : usual.copyTimeout();
        return new MigrationTerms(isAtomic, usual.offerTimeout(), promiseExpiry, longest);
    }

    private void tick() {
        sessions.values().forEach(session -> session.post(new MigrationEvent.Timer()));
    }

    private void over(MigrationSession session) {
        promises.release(session.vm);
        sessions.remove(session.vm, session);
    }

    /** What admissions ask, and what follows from them. */
    private final class Standing implements Admissions.Standing {
        @Override
        public boolean hasSession(VmId vm) {
            return sessions.containsKey(vm);
        }

        @Override
        public int slotsInUse() {
            return sessions.size();
        }

        @Override
        public long memoryPromised(Map<VmId, Long> taken) {
            return promises.outstanding(taken);
        }

        @Override
        public void admit(MigrationOffer offer, Versioned<VmRecord> record, TargetStream stream) {
            MigrationTerms terms = terms(record.value());
            TargetSession session = new TargetSession(ports, stream, promises, terms, record, Migrations.this::over);
            if (sessions.putIfAbsent(session.vm, session) != null) {
                stream.cut("another migration of VM '" + session.vm + "' has begun");
                return;
            }
            promises.promise(session.vm, record.value().spec().memory(), terms.promiseExpiry());
            ports.events().began(MigrationRole.TARGET, session.vm);
            session.start();
            stream.attach(session);
        }

        @Override
        public void refused(VmId vm, Refusal refusal) {
            ports.events().refused(MigrationRole.TARGET, vm, refusal);
        }
    }
}
