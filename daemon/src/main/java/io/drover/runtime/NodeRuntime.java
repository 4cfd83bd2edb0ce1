package io.drover.runtime;

import io.drover.api.HostServer;
import io.drover.api.ReportLink;
import io.drover.config.AgentConfig;
import io.drover.coordination.Coordination;
import io.drover.coordination.Membership;
import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.engine.agent.NodeCore;
import io.drover.engine.agent.NodeEvent;
import io.drover.engine.agent.SeenGuest;
import io.drover.engine.agent.Subject;
import io.drover.health.Probes;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.LiveMigration;
import io.drover.metrics.DroverMetrics;
import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.LiveNode;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.ProbeStatus;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.proto.v1.Cancellation;
import io.drover.transport.Channels;
import io.grpc.BindableService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's part of the cluster: joins, keeps its guests, reports, and takes part in the election. */
final class NodeRuntime implements AutoCloseable, Membership.Listener {
    /** Reports are sent this often, and after each change. */
    private static final Duration REPORT_EVERY = Duration.ofSeconds(1);

    /** Changes that follow each other are reported together. */
    private static final Duration REPORT_AFTER_CHANGE = Duration.ofMillis(10);

    private static final Duration JOIN_AGAIN = Duration.ofSeconds(1);

    /** Calls of the hypervisor that are under way when the node joins anew are waited for this long. */
    private static final Duration IDLE_PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK_IDLE = Duration.ofMillis(50);

    private static final Set<GuestState> NOT_IN_MEMORY =
            EnumSet.of(GuestState.OFF, GuestState.SAVED, GuestState.DEPARTED);

    /** Which VMs are the cluster's, while that is not known: nothing is said of VMs that may be others'. */
    private static final SortedSet<VmId> NOT_KNOWN = Collections.emptySortedSet();

    private static final Logger LOG = LoggerFactory.getLogger(NodeRuntime.class);

    private final AgentConfig config;
    private final EventLoop loop;
    private final Workers workers;
    private final Coordination coordination;
    private final Hypervisor hypervisor;
    private final InstantSource clock;
    private final Reasons reasons;
    private final CoordinatorSeat seat;
    private final SeatReceiver receiver;
    private final Neighbours neighbours;
    private final Transfers transfers;
    private final Probes probes;
    private final ReportLink link;
    private final LeaseParts lease;
    private final DroverMetrics metrics;
    private final HostLeave leave;

    private final Workers urgent = new Workers("drover-urgent");

    private Consumer<String> fatal = why -> {};
    private @Nullable GuestKeeper keeper;
    private @Nullable ReportMaker reports;
    private long incarnation;
    private HostLoad load = new HostLoad(0, 0);
    private boolean reportDue;
    private volatile boolean joined;
    private volatile Coordination.Connection connection = Coordination.Connection.LOST;

    NodeRuntime(
            AgentConfig config,
            EventLoop loop,
            Workers workers,
            Coordination coordination,
            Hypervisor hypervisor,
            Channels channels,
            InstantSource clock,
            Reasons reasons,
            DroverMetrics metrics,
            CoordinatorSeat seat,
            Neighbours neighbours,
            LeaseParts lease) {
        this.lease = lease;
        this.metrics = metrics;
        this.config = config;
        this.loop = loop;
        this.workers = workers;
        this.coordination = coordination;
        this.hypervisor = hypervisor;
        this.clock = clock;
        this.reasons = reasons;
        this.seat = seat;
        this.receiver = new SeatReceiver(loop, seat);
        this.neighbours = neighbours;
        this.link = new ReportLink(orders -> loop.execute(() -> cancel(orders)));
        this.transfers = new Transfers(
                config,
                loop,
                workers,
                coordination.records(),
                hypervisor,
                channels,
                clock,
                reasons,
                metrics,
                this::changed);
        this.probes = new Probes(
                config.probes(),
                config.node(),
                () -> hypervisor.guests(),
                aspect -> hypervisor.inspect(aspect, lease.clustered().read().orElse(NOT_KNOWN)),
                new HostMemory(),
                clock,
                (before, after) -> probeChanged(after));
        this.leave = new HostLeave(
                config.node(), loop, coordination.records(), reasons, this::guestsInMemory, this::changed);
        metrics.probesFrom(probes::statuses);
        coordination.onConnection(now -> {
            connection = now;
            metrics.connection(now);
        });
    }

    /** The service that takes other nodes' guests. */
    BindableService migrationService() {
        return transfers.service();
    }

    /** Takes word of this host's shutdown. */
    HostServer.Host host() {
        return leave;
    }

    private List<VmId> guestsInMemory() {
        return keeper == null
                ? List.of()
                : keeper.inventory().stream()
                        .filter(guest -> !NOT_IN_MEMORY.contains(guest.state()))
                        .map(SeenGuest::vm)
                        .toList();
    }

    /** Begins; nothing is decided here before the node has joined. */
    void start(Consumer<String> onFatal) {
        fatal = onFatal;
        probes.start();
        neighbours.onChange(() -> link.to(neighbours.coordinator()));
        loop.when(workers.call(hypervisor::facts), (found, failure) -> {
            if (failure != null) {
                fatal.accept("the hypervisor does not answer: " + failure.getMessage());
                return;
            }
            joinAsBefore(found);
        });
    }

    /** A record says for good what its node is: one that VMs are placed on must not turn out to be a witness. */
    private void joinAsBefore(HostFacts found) {
        loop.when(coordination.records().read(RecordKey.of(config.node())), (stored, failure) -> {
            if (failure != null) {
                LOG.debug("node {}: its record is not read yet: {}", config.node(), failure.toString());
                loop.after(JOIN_AGAIN, () -> joinAsBefore(found));
                return;
            }
            Optional<NodeRecord> other =
                    stored.map(Versioned::value).filter(node -> node.witness() != config.isWitness());
            if (other.isPresent()) {
                String known = other.get().witness() ? "a witness" : "a node that runs VMs";
                fatal.accept("the cluster knows " + config.node() + " as " + known
                        + ", and its configuration says otherwise: give it another name, or remove it from the cluster"
                        + " and start it again");
            } else {
                join(found);
            }
        });
    }

    private void join(HostFacts found) {
        NodeRecord ifNew = config.isWitness()
                ? NodeRecord.unseenWitness(config.node())
                : NodeRecord.unseen(config.node(), config.zookeeper().embedded().isPresent());
        loop.when(coordination.membership().join(ifNew, this::announcement, this), (record, failure) -> {
            if (failure != null) {
                LOG.debug("node {}: not joined yet: {}", config.node(), failure.toString());
                loop.after(JOIN_AGAIN, () -> join(found));
                return;
            }
            begin(record, found);
        });
    }

    private LiveNode announcement(long incarnation) {
        return new LiveNode(
                config.node(),
                incarnation,
                config.advertisedGrpc().toString(),
                config.advertisedHttp().toString(),
                Version.text());
    }

    /** The node has joined, for the first time of this process or anew: what it is from now on replaces what it was. */
    private void begin(NodeRecord record, HostFacts found) {
        boolean isFirst = keeper == null;
        Map<VmId, Instant> lateStarts = keeper == null ? Map.of() : keeper.lateStarts();
        if (keeper != null) {
            keeper.close();
        }
        incarnation = record.incarnation();
        joined = true;
        reasons.tell(Reason.of(Severity.INFO, Topic.NODE, config.node(), "joined, incarnation " + incarnation));
        GuestKeeper mine = keeper(found);
        keeper = mine;
        transfers.joined(record, found, mine, neighbours);
        reports = new ReportMaker(
                announcement(incarnation),
                found,
                probes::statuses,
                () -> transfers.memoryAvailable(load),
                lease,
                leave::isLeaving);
        mine.start(lateStarts, this::changed);
        measureAndReport();
        if (isFirst) {
            loop.every(REPORT_EVERY, this::measureAndReport);
            if (!config.isWitness()) {
                // A witness is there for the nodes that outlive another one, and these can decide for themselves.
                coordination.election().campaign(seat);
            }
        }
    }

    private GuestKeeper keeper(HostFacts found) {
        NodeLease held = lease.joined(incarnation);
        boolean isAtomic = hypervisor.migration().handOver() == LiveMigration.HandOver.ATOMIC;
        DeedRunner runner = new DeedRunner(
                config.node(),
                loop,
                workers,
                urgent,
                coordination.records(),
                hypervisor,
                held,
                metrics.lease(),
                reasons,
                transfers,
                why -> rejoin(why, found));
        NodeCore core = new NodeCore(
                config.node(), incarnation, isAtomic, hypervisor.migration().hasRegistrations());
        return new GuestKeeper(loop, coordination.records(), clock, held, core, runner);
    }

    /** Joins anew. Guests are not touched by that; until it has happened, the present keeper lets go of what it must. */
    private void rejoin(String why, HostFacts found) {
        reasons.tell(Reason.of(Severity.WARNING, Topic.NODE, config.node(), "joins anew: " + why));
        transfers.dropSessions("the node joins anew: " + why);
        joined = false;
        joinOnceIdle(found, clock.instant().plus(IDLE_PATIENCE));
    }

    /** A call that is still under way would overlap with what the next incarnation does; but it is not waited for long. */
    private void joinOnceIdle(HostFacts found, Instant patienceEnds) {
        boolean isIdle = keeper == null || keeper.isIdle();
        if (isIdle || !clock.instant().isBefore(patienceEnds)) {
            join(found);
        } else {
            loop.after(LOOK_IDLE, () -> joinOnceIdle(found, patienceEnds));
        }
    }

    @Override
    public void superseded(String why) {
        loop.when(coordination.records().read(RecordKey.of(config.node())), (found, failure) -> {
            boolean isStillMine = failure == null
                    && found.filter(node -> node.value().incarnation() == incarnation)
                            .isPresent();
            if (isStillMine && keeper != null) {
                // Fenced: when it joins anew, its core says.
                keeper.feed(new NodeEvent.Hinted(Subject.NODE));
            } else if (failure != null) {
                loop.after(JOIN_AGAIN, () -> superseded(why));
            } else {
                fatal.accept("this node's record was taken over: " + why);
            }
        });
    }

    private void measureAndReport() {
        loop.when(workers.call(hypervisor::load), (now, failure) -> {
            if (failure == null) {
                load = now;
            }
            report();
        });
    }

    /** Something that a report says has changed. */
    void changed() {
        if (!reportDue) {
            reportDue = true;
            loop.after(REPORT_AFTER_CHANGE, this::report);
        }
    }

    private void report() {
        reportDue = false;
        if (reports == null || keeper == null || !keeper.hasLooked()) {
            return;
        }
        NodeReport report = reports.next(keeper.inventory(), load, keeper::trouble, transfers::progress);
        if (seat.epoch().isPresent()) {
            seat.heard(report);
            cancel(receiver.cancellations(config.node()));
        } else {
            link.send(report);
        }
    }

    private void cancel(List<Cancellation> orders) {
        orders.forEach(transfers::cancel);
    }

    private void probeChanged(ProbeStatus now) {
        loop.execute(() -> {
            Severity severity = now.level() == HealthLevel.HEALTHY ? Severity.INFO : Severity.WARNING;
            reasons.tell(Reason.of(
                    severity,
                    Topic.HEALTH,
                    config.node(),
                    "probe " + now.name() + " is " + now.level().name().toLowerCase(java.util.Locale.ROOT) + ": "
                            + now.evidence()));
            changed();
        });
    }

    /** Whether the node has joined and its connection lives: it takes part. */
    Optional<String> notReady() {
        if (!joined) {
            return Optional.of("not joined yet");
        }
        return connection == Coordination.Connection.CONNECTED
                ? Optional.empty()
                : Optional.of("the coordination service does not answer: " + connection);
    }

    /** Leaves the cluster: others see it at once. Guests go on. */
    @Override
    public void close() {
        probes.close();
        coordination.election().close();
        link.close();
        transfers.close();
        urgent.close();
        coordination.membership().close();
    }
}
