package io.drover.sim.shell;

import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.NodeCore;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.coordinator.CancelOrder;
import io.drover.model.ClusterSettings;
import io.drover.model.GuestReport;
import io.drover.model.HealthLevel;
import io.drover.model.LeaseState;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.ProbeStatus;
import io.drover.model.Reason;
import io.drover.model.RenewalSeen;
import io.drover.model.VmId;
import io.drover.model.VoterSet;
import io.drover.sim.kernel.Program;
import io.drover.sim.world.Machine;
import io.drover.sim.world.StoreClient;
import io.drover.sim.world.StoreElection;
import io.drover.sim.world.StoreMembership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One life of an agent's process. */
public final class Agent {
    private static final long MILLI = 1_000_000L;
    private static final long REPORT_EVERY = 1_000 * MILLI;
    private static final long REPORT_AFTER_CHANGE = 10 * MILLI;
    private static final long DISPATCH = 30_000L;

    private final Cluster cluster;
    private final Machine machine;
    private final Program program;
    private final StoreClient store;
    private final StoreMembership membership;
    private final StoreElection election;
    private final VoterDesk desk;
    private final LeaseKeeper lease;
    private final Sessions sessions;
    private final Seat seat;
    private @Nullable CoreShell core;
    private long incarnation;
    private long sequence;
    private boolean isReportDue;
    private boolean isLeaving;
    private boolean isRejoining;
    private Optional<NodeId> coordinator = Optional.empty();

    Agent(Cluster cluster, Machine machine) {
        this.cluster = cluster;
        this.machine = machine;
        this.program = machine.agent();
        this.store = new StoreClient(cluster.world(), machine);
        this.membership = new StoreMembership(store, machine);
        this.election = new StoreElection(cluster.world(), store, machine);
        this.desk = new VoterDesk(machine, cluster.terms(), cluster.defects());
        this.sessions = new Sessions(this);
        this.lease = new LeaseKeeper(this, cluster, cluster.terms(), this::core);
        this.seat = new Seat(this);
        join();
    }

    // ---- its parts

    Cluster cluster() {
        return cluster;
    }

    /** Its host. */
    public Machine machine() {
        return machine;
    }

    Program program() {
        return program;
    }

    /** Its connection to the coordination service. */
    public StoreClient store() {
        return store;
    }

    StoreElection election() {
        return election;
    }

    VoterDesk desk() {
        return desk;
    }

    LeaseKeeper lease() {
        return lease;
    }

    Sessions sessions() {
        return sessions;
    }

    /** Its seat as the coordinator. */
    public Seat seat() {
        return seat;
    }

    /** As which it joined; 0 before it has. */
    public long incarnation() {
        return incarnation;
    }

    /** How it stands to its lease. */
    public LeaseState leaseState() {
        return lease.state();
    }

    ClusterSettings settings() {
        return core == null ? ClusterSettings.DEFAULTS : core.core().settings();
    }

    Optional<NodeCore> nodeCore() {
        return Optional.ofNullable(core).map(CoreShell::core);
    }

    Optional<String> notReceiving() {
        return core == null
                ? Optional.of("the node has not joined yet")
                : core.core().notReceiving();
    }

    // ---- joining

    private void join() {
        NodeRecord ifNew = NodeRecord.unseen(machine.id(), cluster.votes(machine.id()));
        membership.join(ifNew, this::announcement, this::joined, this::superseded);
    }

    private LiveNode announcement(long ofIncarnation) {
        return new LiveNode(machine.id(), ofIncarnation, machine.id() + ":7400", machine.id() + ":7401", "sim");
    }

    private void joined(NodeRecord record) {
        CoreShell before = core;
        if (before == null) {
            joinedAtRest(record);
        } else {
            before.whenAtRest(() -> joinedAtRest(record));
        }
    }

    private void joinedAtRest(NodeRecord record) {
        boolean isFirst = core == null;
        Map<VmId, Instant> lateStarts = core == null ? Map.of() : core.core().lateStarts();
        if (core != null) {
            core.replace();
        }
        incarnation = record.incarnation();
        isRejoining = false;
        tell(machine.id() + " joins, incarnation " + incarnation);
        CoreShell mine = new CoreShell(this, incarnation);
        core = mine;
        boolean isMarked = machine.disk().isHoldMarkSet() && !cluster.defects().has(Defect.HOLD_MARK_FORGOTTEN);
        mine.on(new NodeEvent.Started(
                isMarked, lease.inherited(cluster.terms()), machine.disk().clustered(), lateStarts));
        lease.joined(incarnation, cluster.terms());
        if (isFirst) {
            begin();
        }
        report();
    }

    private void begin() {
        watch(RecordKey.CONFIG);
        watch(RecordKey.assignmentsOf(machine.id()));
        watch(RecordKey.of(machine.id()));
        store.watch(RecordKey.VOTERS, this::readVoters);
        store.watch(RecordKey.EPOCH, this::readEpoch);
        program.every(machine.dice().between(1, REPORT_EVERY), REPORT_EVERY, this::report);
        election.campaign(seat);
    }

    private void watch(RecordKey<?> key) {
        store.watch(key, () -> {
            if (core != null) {
                core.hinted(key);
            }
        });
    }

    private void superseded(String why) {
        rejoin(why);
    }

    /** Joins anew, as the next incarnation; no guest is touched by that. */
    void rejoin(String why) {
        if (!isRejoining) {
            isRejoining = true;
            tell(machine.id() + " joins anew: " + why);
            sessions.dropAll("the node joins anew: " + why);
            join();
        }
    }

    void core(NodeEvent event) {
        if (core != null) {
            core.on(event);
        }
    }

    private void readVoters() {
        store.read(RecordKey.VOTERS, new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<VoterSet>> found) {
                found.ifPresent(set -> lease.votersAre(set.value()));
            }

            @Override
            public void failed(String why) {
                program.after(REPORT_EVERY, Agent.this::readVoters);
            }
        });
    }

    private void readEpoch() {
        store.read(RecordKey.EPOCH, new StoreClient.Answer<>() {
            @Override
            public void found(Optional<Versioned<Epoch>> found) {
                found.ifPresent(epoch -> machine.disk().sawEpoch(epoch.version()));
                Optional<NodeId> now = found.map(epoch -> epoch.value().coordinator());
                if (!now.equals(coordinator)) {
                    coordinator = now;
                    report();
                }
            }

            @Override
            public void failed(String why) {
                program.after(REPORT_EVERY, Agent.this::readEpoch);
            }
        });
    }

    // ---- what it does

    /** Hands a call to the hypervisor's workers, as production does: the process may be frozen in between. */
    void dispatch(Runnable call) {
        program.after(DISPATCH, () -> machine.check(() -> machine.call(call)));
    }

    /**
     * The same for a call that lets a guest execute: the worker looks once more whether the lease is held.
     *
     * @param call is told when that was so, in virtual time
     */
    void dispatchIfHeld(LongConsumer call, Runnable notHeld) {
        program.after(
                DISPATCH,
                () -> machine.check(() -> {
                    if (lease.state() != LeaseState.HELD && !cluster.defects().has(Defect.START_WITHOUT_LEASE)) {
                        notHeld.run();
                        return;
                    }
                    long now = cluster.world().kernel().now();
                    machine.call(() -> call.accept(now));
                }));
    }

    void tell(Reason reason) {
        if (cluster.world().journal().isKept()) {
            tell(reason.subject() + " " + reason.text());
        }
    }

    void tell(String text) {
        cluster.world().journal().note("[" + machine.id() + "] " + text);
    }

    // ---- reporting

    /** Something that a report says may have changed. */
    void changed() {
        if (!isReportDue) {
            isReportDue = true;
            program.after(REPORT_AFTER_CHANGE, this::report);
        }
    }

    /** The host is about to shut down. */
    public void leaving(boolean isLeaving) {
        this.isLeaving = isLeaving;
        report();
    }

    /** Whether its host is about to shut down. */
    public boolean isLeaving() {
        return isLeaving;
    }

    private void report() {
        isReportDue = false;
        CoreShell present = core;
        if (present == null || !present.core().hasLooked()) {
            return;
        }
        NodeReport report = makeReport(present.core());
        if (seat.isElected()) {
            seat.heard(report);
            cancel(seat.cancellations(machine.id()));
        } else {
            coordinator.filter(node -> !node.equals(machine.id())).ifPresent(node -> send(node, report));
        }
    }

    private void send(NodeId node, NodeReport report) {
        cluster.call(
                this,
                node,
                other -> {
                    if (!other.seat.isElected()) {
                        return List.<CancelOrder>of();
                    }
                    other.seat.heard(report);
                    return other.seat.cancellations(report.node());
                },
                this::cancel);
    }

    private void cancel(List<CancelOrder> orders) {
        orders.forEach(order -> sessions.cancel(order.vm(), order.operation(), order.attempt(), order.reason()));
    }

    private NodeReport makeReport(NodeCore of) {
        List<GuestReport> guests = new ArrayList<>();
        of.guests()
                .forEach(guest -> guests.add(new GuestReport(
                        guest.vm(),
                        guest.state(),
                        guest.memory(),
                        guest.message().isEmpty() ? of.trouble(guest.vm()) : guest.message(),
                        sessions.progress(guest.vm()))));
        return new NodeReport(
                machine.id(),
                incarnation,
                ++sequence,
                guests,
                machine.memory(),
                machine.hypervisor().memoryFree() - sessions.promised(),
                machine.cpus(),
                0.1,
                probes(),
                List.of(),
                "sim",
                machine.id() + ":7400",
                machine.id() + ":7401",
                lease.state(),
                desk.versionOnDisk(),
                desk.renewals(),
                isLeaving);
    }

    /** What a report will say after a while in which everybody goes on as now: who is silent has been so for longer. */
    NodeReport reportThen(NodeReport last, Duration ahead) {
        List<RenewalSeen> renewals = last.renewals().stream()
                .map(seen -> cluster.isRenewing(seen.node())
                        ? seen
                        : new RenewalSeen(
                                seen.node(), seen.incarnation(), seen.age().plus(ahead)))
                .toList();
        return new NodeReport(
                last.node(),
                last.incarnation(),
                last.sequence(),
                last.guests(),
                last.memoryTotal(),
                last.memoryAvailable(),
                last.cpus(),
                last.cpuLoad(),
                last.probes(),
                last.networks(),
                last.version(),
                last.grpcAddress(),
                last.httpAddress(),
                last.lease(),
                last.votersVersion(),
                renewals,
                last.isLeaving());
    }

    private List<ProbeStatus> probes() {
        if (machine.reachesStorage()) {
            return List.of();
        }
        return List.of(new ProbeStatus(
                "storage",
                HealthLevel.CRITICAL,
                "the shared storage is not reached",
                machine.clock().instant()));
    }

    /** A report of this moment. */
    NodeReport freshReport() {
        return makeReport(nodeCore().orElseThrow());
    }

    /** Whether its reports go to a node. */
    boolean isReportingTo(NodeId node) {
        boolean canReport = core != null && core.core().hasLooked() && program.isResponsive();
        return canReport && (node.equals(machine.id()) || coordinator.equals(Optional.of(node)));
    }

    /** Whether nothing is under way in it. */
    boolean isAtRest() {
        return core != null
                && core.core().hasLooked()
                && sessions.isEmpty()
                && desk.isIdle()
                && !isRejoining
                && !isLeaving;
    }

    /** It takes part no more: another may coordinate, and nobody counts on its announcement. */
    void leave() {
        election.withdraw();
        membership.leave();
    }

    /** Its process ends, in good order or not. */
    void end() {
        store.drop();
        seat.end();
    }
}
