package io.drover.runtime;

import io.drover.config.AgentConfig;
import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.migration.Recovery;
import io.drover.engine.migration.Refusal;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.LiveMigration;
import io.drover.metrics.DroverMetrics;
import io.drover.metrics.MigrationOutcome;
import io.drover.model.ClusterSettings;
import io.drover.model.DiskSpec;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.proto.v1.Cancellation;
import io.drover.transport.Channels;
import io.drover.transport.MigrationEvents;
import io.drover.transport.MigrationHost;
import io.drover.transport.MigrationPorts;
import io.drover.transport.MigrationRole;
import io.drover.transport.Migrations;
import io.drover.transport.SessionView;
import io.grpc.BindableService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * This node's migrations: their sessions, and the recovery of those whose session an earlier process took with it. On the
 * event loop, but for what the sessions ask of the host.
 */
final class Transfers implements MigrationHost, MigrationEvents, AutoCloseable {
    private final AgentConfig config;
    private final EventLoop loop;
    private final Workers workers;
    private final RecordStore store;
    private final Hypervisor hypervisor;
    private final InstantSource clock;
    private final Reasons reasons;
    private final DroverMetrics metrics;
    private final Runnable changed;
    private final ScheduledExecutorService timer;
    private final Migrations migrations;

    /** VMs whose attempts were there before this process: they are recovered, never begun. */
    private final Set<VmId> inherited = new HashSet<>();

    private final Map<VmId, Attempt> attempts = new HashMap<>();

    private volatile long incarnation;
    private volatile @Nullable HostFacts facts;
    private volatile @Nullable GuestKeeper keeper;
    private volatile @Nullable Neighbours neighbours;
    private volatile Optional<NodeRecord> self = Optional.empty();

    Transfers(
            AgentConfig config,
            EventLoop loop,
            Workers workers,
            RecordStore store,
            Hypervisor hypervisor,
            Channels channels,
            InstantSource clock,
            Reasons reasons,
            DroverMetrics metrics,
            Runnable changed) {
        this.config = config;
        this.loop = loop;
        this.workers = workers;
        this.store = store;
        this.hypervisor = hypervisor;
        this.clock = clock;
        this.reasons = reasons;
        this.metrics = metrics;
        this.changed = changed;
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "drover-migration-timer");
            thread.setDaemon(true);
            return thread;
        });
        migrations = new Migrations(
                new MigrationPorts(store, hypervisor, this, this, loop, workers, timer, clock), channels);
    }

    BindableService service() {
        return migrations.service();
    }

    /** The node has joined: from now on it may take part. */
    void joined(NodeRecord record, HostFacts found, GuestKeeper guests, Neighbours known) {
        self = Optional.of(record);
        facts = found;
        keeper = guests;
        neighbours = known;
        incarnation = record.incarnation();
        store.watch(RecordKey.of(config.node()), () -> loop.execute(this::readSelf));
    }

    private void readSelf() {
        loop.when(store.read(RecordKey.of(config.node())), (found, failure) -> {
            if (failure == null) {
                self = found.map(Versioned::value);
            }
        });
    }

    /** What the node's assignments named when they were first read. */
    void startedWith(Set<VmId> vms) {
        inherited.addAll(vms);
    }

    boolean hasSession(VmId vm) {
        return migrations.hasSession(vm);
    }

    /** Begins to send a guest. */
    void begin(Versioned<VmRecord> record, Phase.Migrating migration) {
        VmId vm = record.value().id();
        attempts.put(vm, new Attempt(migration.operation(), migration.attempt(), false, clock.instant()));
        if (inherited.remove(vm)) {
            // The agent was restarted in the middle: whether this attempt had been begun, nobody can say any more.
            attempts.put(vm, new Attempt(migration.operation(), migration.attempt(), true, clock.instant()));
            return;
        }
        Optional<String> address = neighbours == null ? Optional.empty() : neighbours.address(migration.target());
        migrations.begin(record, address.orElse(""));
        changed.run();
    }

    /** Cancels a move away from this node, if it is still the one that is meant. */
    void cancel(Cancellation order) {
        VmId vm = new VmId(order.getVm());
        migrations.sessions().stream()
                .filter(session -> session.vm().equals(vm)
                        && session.role() == MigrationRole.SOURCE
                        && session.operation().equals(new OperationId(order.getOperation()))
                        && session.attempt() == order.getAttempt())
                .findFirst()
                .ifPresent(session -> migrations.cancel(vm, order.getReason()));
    }

    /** A record was read: a session may be waiting for it. */
    void recordSeen(Versioned<VmRecord> record) {
        VmId vm = record.value().id();
        if (!(record.value().phase() instanceof Phase.Migrating)) {
            inherited.remove(vm);
            attempts.remove(vm);
        }
        migrations.recordHint(vm);
    }

    /** Whether a recovery did something. */
    enum Recovered {
        /** It did: record and guest should be read again. */
        CHANGED,
        /** It waits for somebody else. */
        WAITING
    }

    /** Decides about a migration, or what one left here, that has no session; and does it. */
    CompletionStage<Recovered> recover(Versioned<VmRecord> record, Optional<GuestStatus> guest) {
        Recovery.Verdict verdict =
                Recovery.decide(config.node(), incarnation, record.value(), situation(record.value(), guest));
        VmId vm = record.value().id();
        if (verdict instanceof Recovery.Abandon) {
            return blocking(() -> hypervisor.migration().abandonSending(vm));
        } else if (verdict instanceof Recovery.Destroy destroy) {
            tell(vm, Severity.INFO, "a copy is destroyed: " + destroy.why());
            return blocking(() -> hypervisor.forget(vm));
        } else if (verdict instanceof Recovery.Write write) {
            return write(record, write);
        }
        return CompletableFuture.completedFuture(Recovered.WAITING);
    }

    private Recovery.Situation situation(VmRecord record, Optional<GuestStatus> guest) {
        boolean isNew = false;
        Duration waited = Duration.ZERO;
        if (record.phase() instanceof Phase.Migrating migrating) {
            VmId vm = record.id();
            Attempt known = attempts.get(vm);
            if (known == null || !known.is(migrating)) {
                known = new Attempt(migrating.operation(), migrating.attempt(), inherited.remove(vm), clock.instant());
                attempts.put(vm, known);
                if (known.isOld() && !migrations.voidAttempt(vm, migrating.operation(), migrating.attempt())) {
                    throw new IllegalStateException(
                            "VM " + vm + ": a session exists for an attempt that is to be recovered: " + migrating);
                }
            }
            isNew = !known.isOld();
            waited = Duration.between(known.since(), clock.instant());
        }
        return new Recovery.Situation(
                guest.map(GuestStatus::state),
                guest.filter(GuestStatus::sending).isPresent(),
                isNew,
                waited,
                hypervisor.migration().handOver() == LiveMigration.HandOver.ATOMIC);
    }

    private CompletionStage<Recovered> write(Versioned<VmRecord> record, Recovery.Write write) {
        VmId vm = record.value().id();
        if (write.isNote()
                && record.value().phase() instanceof Phase.Migrating migrating
                && !migrations.voidAttempt(vm, migrating.operation(), migrating.attempt())) {
            // The offer has come in the meantime: its session decides now.
            return CompletableFuture.completedFuture(Recovered.WAITING);
        }
        Transaction transaction = Transaction.ofAgent(new Change.Update<>(record, write.next()));
        return store.commit(transaction).thenCompose(outcome -> {
            if (!(outcome instanceof CommitOutcome.Committed)) {
                return CompletableFuture.completedFuture(Recovered.CHANGED);
            }
            tell(
                    vm,
                    Severity.WARNING,
                    "recovered after a restart of the agent: " + write.next().phase());
            return write.isResuming()
                    ? blocking(() -> hypervisor.control(vm, GuestControl.RESUME))
                    : CompletableFuture.completedFuture(Recovered.CHANGED);
        });
    }

    private CompletionStage<Recovered> blocking(Runnable call) {
        return workers.call(() -> {
            call.run();
            return Recovered.CHANGED;
        });
    }

    /** How far the sending of a guest is. */
    Optional<MoveProgress> progress(VmId vm) {
        return migrations.sessions().stream()
                .filter(session -> session.vm().equals(vm) && session.role() == MigrationRole.SOURCE)
                .map(SessionView::progress)
                .findFirst();
    }

    /** Bytes that VMs may take now: free by the given reading, less the reserve, less what is promised. */
    long memoryAvailable(HostLoad load) {
        GuestKeeper known = keeper;
        return load.memoryFree()
                - config.memoryReserve()
                - migrations.promisedMemory(known == null ? Map.of() : known.memoryTaken());
    }

    private void tell(VmId vm, Severity severity, String text) {
        reasons.tell(Reason.of(severity, Topic.MIGRATION, vm, text + ", on " + config.node()));
    }

    @Override
    public NodeId node() {
        return config.node();
    }

    @Override
    public long incarnation() {
        return incarnation;
    }

    @Override
    public ClusterSettings settings() {
        GuestKeeper known = keeper;
        return known == null ? ClusterSettings.DEFAULTS : known.settings();
    }

    @Override
    public HostFacts facts() {
        HostFacts known = facts;
        return known == null ? hypervisor.facts() : known;
    }

    @Override
    public Optional<String> notAccepting() {
        if (self.isEmpty()) {
            return Optional.of("the node has not joined yet");
        }
        return self.get().mode() == NodeMode.PAUSED ? Optional.of("the node is paused") : Optional.empty();
    }

    /** There are no leases yet: a node that has joined counts as holding one. */
    @Override
    public boolean isLeaseHeld() {
        return self.isPresent();
    }

    @Override
    public long memoryAvailable() {
        return hypervisor.load().memoryFree() - config.memoryReserve();
    }

    @Override
    public boolean isReachable(DiskSpec disk) {
        return Files.isReadable(Path.of(disk.path()));
    }

    @Override
    public void reason(Reason reason) {
        reasons.tell(reason);
    }

    @Override
    public void progress(VmId vm, MoveProgress progress) {
        changed.run();
    }

    @Override
    public void ended(MigrationRole role, VmId vm, MigrationResult result) {
        if (role == MigrationRole.SOURCE) {
            metrics.migrationEnded(
                    MigrationOutcome.valueOf(result.outcome().name()),
                    result.blackout(),
                    result.duration(),
                    result.bytes());
        }
        attempts.computeIfPresent(vm, (unused, attempt) -> attempt.old());
        GuestKeeper known = keeper;
        if (known != null) {
            known.migrationChanged(vm);
        }
    }

    @Override
    public void refused(MigrationRole role, VmId vm, Refusal refusal) {
        if (role == MigrationRole.TARGET) {
            metrics.refused(refusal.cause());
        }
    }

    @Override
    public void close() {
        migrations.close();
        timer.shutdownNow();
    }

    /** What is known of the present attempt at a migration. */
    private record Attempt(OperationId operation, int number, boolean isOld, Instant since) {
        boolean is(Phase.Migrating migrating) {
            return migrating.operation().equals(operation) && migrating.attempt() == number;
        }

        Attempt old() {
            return new Attempt(operation, number, true, since);
        }
    }
}
