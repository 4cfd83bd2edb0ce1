package io.drover.runtime;

import io.drover.config.AgentConfig;
import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.migration.Refusal;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
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
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.drover.proto.v1.Cancellation;
import io.drover.transport.Channels;
import io.drover.transport.MigrationEvents;
import io.drover.transport.MigrationHost;
import io.drover.transport.MigrationPorts;
import io.drover.transport.MigrationRole;
import io.drover.transport.Migrations;
import io.drover.transport.SessionView;
import io.grpc.BindableService;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** This node's migrations: their sessions. On the event loop, but for what the sessions ask of the host. */
final class Transfers implements MigrationHost, MigrationEvents, AutoCloseable {
    private final AgentConfig config;
    private final EventLoop loop;
    private final RecordStore store;
    private final Hypervisor hypervisor;
    private final Reasons reasons;
    private final DroverMetrics metrics;
    private final Runnable changed;
    private final ScheduledExecutorService timer;
    private final Migrations migrations;
    private final StorageTransfers storage;

    private boolean isWatching;
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
        this.store = store;
        this.hypervisor = hypervisor;
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
        storage = new StorageTransfers(loop, workers, store, hypervisor, reasons, this::node, changed);
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
        if (!isWatching) {
            isWatching = true;
            store.watch(RecordKey.of(config.node()), () -> loop.execute(this::readSelf));
        }
    }

    private void readSelf() {
        loop.when(store.read(RecordKey.of(config.node())), (found, failure) -> {
            if (failure == null) {
                self = found.map(Versioned::value);
            }
        });
    }

    /** Begins to send a guest. */
    void begin(Versioned<VmRecord> record) {
        NodeId target = record.value().phase() instanceof Phase.Migrating migrating ? migrating.target() : node();
        migrations.begin(record, address(target).orElse(""));
        changed.run();
    }

    /** Begins to move a guest's files, as its record asks. */
    void moveStorage(Versioned<VmRecord> record) {
        storage.begin(record);
    }

    /** Hands the registration of a VM that is off over to another node's host. Blocks; any thread. */
    void handOver(VmSpec vm, NodeId owner) {
        migrations.handOver(vm, owner);
    }

    /** No offer of this attempt is taken any more. */
    void voidAttempt(VmId vm, OperationId operation, int attempt) {
        if (!migrations.voidAttempt(vm, operation, attempt)) {
            throw new IllegalStateException("VM " + vm + ": a session exists for an attempt that is to be void: "
                    + operation + ", attempt " + attempt);
        }
    }

    /** A VM's record was read: a session may be waiting for it. */
    void hint(VmId vm) {
        migrations.recordHint(vm);
    }

    /** The node holds its lease from now on, or does not. */
    void leaseIs(boolean isHeld) {
        migrations.leaseIs(isHeld);
    }

    /** Drops all sessions: the node joins anew, and recovers what they leave. */
    void dropSessions(String why) {
        migrations.dropAll(why);
    }

    /** Cancels a move away from this node, if it is still the one that is meant. */
    void cancel(Cancellation order) {
        VmId vm = new VmId(order.getVm());
        storage.cancel(vm, new OperationId(order.getOperation()), order.getAttempt());
        migrations.sessions().stream()
                .filter(session -> session.vm().equals(vm)
                        && session.role() == MigrationRole.SOURCE
                        && session.operation().equals(new OperationId(order.getOperation()))
                        && session.attempt() == order.getAttempt())
                .findFirst()
                .ifPresent(session -> migrations.cancel(vm, order.getReason()));
    }

    /** How far the sending of a guest is. */
    Optional<MoveProgress> progress(VmId vm) {
        return migrations.sessions().stream()
                .filter(session -> session.vm().equals(vm) && session.role() == MigrationRole.SOURCE)
                .map(SessionView::progress)
                .findFirst()
                .or(() -> storage.progress(vm));
    }

    /** Bytes that VMs may take now: free by the given reading, less the reserve, less what is promised. */
    long memoryAvailable(HostLoad load) {
        GuestKeeper known = keeper;
        return load.memoryFree()
                - config.memoryReserve()
                - migrations.promisedMemory(known == null ? Map.of() : known.memoryTaken());
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
    public Optional<String> address(NodeId node) {
        Neighbours known = neighbours;
        return known == null ? Optional.empty() : known.address(node);
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
        if (self.get().mode() == NodeMode.PAUSED) {
            return Optional.of("the node is paused");
        }
        GuestKeeper known = keeper;
        return known == null ? Optional.of("the node has not joined yet") : known.notReceiving();
    }

    @Override
    public boolean isLeaseHeld() {
        GuestKeeper known = keeper;
        return known != null && known.isLeaseHeld();
    }

    @Override
    public long memoryAvailable() {
        return hypervisor.load().memoryFree() - config.memoryReserve();
    }

    @Override
    public boolean isReachable(DiskSpec disk) {
        return hypervisor.reaches(disk);
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
        feed(new NodeEvent.MigrationEnded(vm));
    }

    @Override
    public void began(MigrationRole role, VmId vm) {
        feed(new NodeEvent.MigrationBegan(vm));
    }

    private void feed(NodeEvent event) {
        GuestKeeper known = keeper;
        if (known != null) {
            known.feed(event);
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
}
