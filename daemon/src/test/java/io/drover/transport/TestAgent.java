package io.drover.transport;

import io.drover.coordination.Change;
import io.drover.coordination.CommitOutcome;
import io.drover.coordination.Transaction;
import io.drover.coordination.Versioned;
import io.drover.engine.migration.Recovery;
import io.drover.engine.migration.Refusal;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.model.ClusterSettings;
import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** What an agent is to migrations: a loop, workers, a server. Its death leaves the host's guests as they are. */
final class TestAgent implements AutoCloseable, MigrationHost, MigrationEvents {
    final FakeHosts.Host host;
    final Migrations migrations;
    final List<Reason> reasons = new CopyOnWriteArrayList<>();
    final List<MigrationResult> results = new CopyOnWriteArrayList<>();
    final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    final List<MoveProgress> progress = new CopyOnWriteArrayList<>();
    private final Set<VmId> hasDestroyed = ConcurrentHashMap.newKeySet();
    final Set<String> unreachable = ConcurrentHashMap.newKeySet();
    final Map<NodeId, String> addresses = new ConcurrentHashMap<>();
    volatile HostFacts facts;
    volatile Optional<String> notAccepting = Optional.empty();
    volatile boolean isLeaseHeld = true;
    volatile long memoryAvailable = 1L << 30;
    volatile ClusterSettings settings = ClusterSettings.DEFAULTS;
    private final NodeId node;
    private final long incarnation;
    private final MemoryRecords records;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final ExecutorService worker = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Channels channels = new Channels();
    private final Server server;
    private final String address;
    private volatile boolean isDead;

    TestAgent(NodeId node, long incarnation, FakeHosts hosts, MemoryRecords records) {
        this(node, incarnation, hosts, records, Duration.ofSeconds(30));
    }

    TestAgent(NodeId node, long incarnation, FakeHosts hosts, MemoryRecords records, Duration promiseExpiry) {
        this.node = node;
        this.incarnation = incarnation;
        this.records = records;
        this.host = hosts.host(node);
        this.facts = host.facts();
        MigrationPorts ports = new MigrationPorts(
                records, host, this, this, whileAlive(loop), whileAlive(worker), timer, InstantSource.system());
        this.migrations = new Migrations(ports, channels, promiseExpiry);
        records.onChange(migrations::recordHint);
        try {
            server = Channels.accept(NettyServerBuilder.forPort(0))
                    .addService(migrations.service())
                    .build()
                    .start();
            address = "localhost:" + server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return address;
    }

    /** A dead process runs nothing of what others still hand to it. */
    private Executor whileAlive(Executor executor) {
        return task -> {
            if (!isDead) {
                executor.execute(task);
            }
        };
    }

    /** Carries out what an agent without a session decides, once; the verdict. */
    Recovery.Verdict recover(VmId vm) {
        Versioned<VmRecord> record = records.versioned(vm);
        Optional<GuestStatus> guest =
                host.guests().stream().filter(status -> status.vm().equals(vm)).findFirst();
        Recovery.Verdict verdict = Recovery.decide(
                node,
                incarnation,
                record.value(),
                new Recovery.Situation(
                        guest.map(GuestStatus::state),
                        guest.filter(GuestStatus::sending).isPresent(),
                        false,
                        Duration.ZERO,
                        false,
                        hasDestroyed.contains(vm)));
        if (verdict instanceof Recovery.Abandon) {
            host.abandonSending(vm);
        } else if (verdict instanceof Recovery.Destroy) {
            host.forget(vm);
            hasDestroyed.add(vm);
        } else if (verdict instanceof Recovery.Write write) {
            if (write.isNote() && record.value().phase() instanceof Phase.Migrating migrating) {
                if (!migrations.voidAttempt(vm, migrating.operation(), migrating.attempt())) {
                    return verdict;
                }
            }
            CommitOutcome outcome = records.commit(Transaction.ofAgent(new Change.Update<>(record, write.next())))
                    .toCompletableFuture()
                    .join();
            if (outcome instanceof CommitOutcome.Committed && write.isResuming()) {
                host.control(vm, GuestControl.RESUME);
            }
        }
        return verdict;
    }

    Optional<GuestState> guest(VmId vm) {
        return host.state(vm);
    }

    /** Connections from others end; the process lives, and takes no new ones. */
    void cutConnections() {
        server.shutdownNow();
    }

    /** The process is gone, at once. */
    void die() {
        isDead = true;
        loop.shutdownNow();
        timer.shutdownNow();
        server.shutdownNow();
        channels.close();
        worker.shutdownNow();
    }

    @Override
    public void close() {
        die();
    }

    @Override
    public NodeId node() {
        return node;
    }

    @Override
    public long incarnation() {
        return incarnation;
    }

    @Override
    public ClusterSettings settings() {
        return settings;
    }

    @Override
    public Optional<String> address(NodeId other) {
        return Optional.ofNullable(addresses.get(other));
    }

    @Override
    public HostFacts facts() {
        return facts;
    }

    @Override
    public Optional<String> notAccepting() {
        return notAccepting;
    }

    @Override
    public boolean isLeaseHeld() {
        return isLeaseHeld;
    }

    @Override
    public long memoryAvailable() {
        return memoryAvailable;
    }

    @Override
    public boolean isReachable(DiskSpec disk) {
        return !unreachable.contains(disk.path());
    }

    @Override
    public void reason(Reason reason) {
        reasons.add(reason);
    }

    @Override
    public void progress(VmId vm, MoveProgress latest) {
        progress.add(latest);
    }

    @Override
    public void began(MigrationRole role, VmId vm) {}

    @Override
    public void ended(MigrationRole role, VmId vm, MigrationResult result) {
        results.add(result);
    }

    @Override
    public void refused(MigrationRole role, VmId vm, Refusal refusal) {
        refusals.add(refusal);
    }
}
