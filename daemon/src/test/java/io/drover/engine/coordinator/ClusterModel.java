package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.FailoverPolicy;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Problem;
import io.drover.model.Reason;
import io.drover.model.ShutdownPolicy;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A cluster in memory: the stored records, hosts with fake agents, and a coordinator that decides once a second. Applies
 * proposals as the store would (all of one or nothing of it, only if the records are as the view had them), and checks
 * {@link Invariants} after each of them.
 */
final class ClusterModel {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final NodeId COORDINATOR = new NodeId("coordinator");

    private final TreeMap<NodeId, FakeHost> hosts = new TreeMap<>();
    private final Records records = new Records();
    private final TreeMap<NodeId, NodeView.Heard> heard = new TreeMap<>();
    private final List<Reason> told = new ArrayList<>();
    private final Set<VmId> deaf = new HashSet<>();
    private final Set<VmId> unstartable = new HashSet<>();
    private final Set<VmId> unstoppable = new HashSet<>();
    private final TreeMap<String, Integer> startFailures = new TreeMap<>();
    private final List<VmId> copiesTurnedOff = new ArrayList<>();
    private final Invariants invariants = new Invariants(this);
    private final TreeSet<NodeId> switchedOff = new TreeSet<>();
    private Takeovers takeovers = new Takeovers(COORDINATOR, List.of());
    private MoveScript moves = (vm, source, target, attempt) -> MoveScript.End.ARRIVES;
    private Predicate<Proposal> lost = proposal -> false;
    private Runnable meanwhile = () -> {};
    private boolean isFounded = true;
    private int roundsOfMove = 2;
    private long epoch = 1;
    private Instant since = START.minusSeconds(3600);
    private Instant now = START;

    /** Hosts of 64 GiB named hv1, hv2 and so on, all in contact, and a coordinator that has settled. */
    static ClusterModel of(int hosts) {
        ClusterModel cluster = new ClusterModel();
        for (int i = 1; i <= hosts; i++) {
            cluster.host("hv" + i, 64);
        }
        return cluster;
    }

    /** The same, just created: nobody votes yet. */
    static ClusterModel unfounded(int hosts) {
        ClusterModel cluster = new ClusterModel();
        cluster.isFounded = false;
        for (int i = 1; i <= hosts; i++) {
            cluster.host("hv" + i, 64);
        }
        return cluster;
    }

    /** Adds a host, or changes the memory of one that has no guests yet. */
    ClusterModel host(String name, long gib) {
        NodeId id = new NodeId(name);
        hosts.put(id, new FakeHost(this, id, gib << 30));
        boolean isFounder = records.voters().version() == 0;
        records.nodes().put(id, NodeRecord.unseen(id, isFounder).joined());
        if (!isFounder) {
            host(id).lease().renew();
        }
        hear(host(id));
        return this;
    }

    /** A VM that runs on a host. */
    ClusterModel running(String vm, String host, long gib) {
        return running(Specs.of(vm, gib), host);
    }

    /** A VM that runs on a host. */
    ClusterModel running(VmSpec spec, String name) {
        FakeHost host = host(name);
        host.guest(spec.id().value(), GuestState.RUNNING, spec.memory() >> 30);
        records.vms()
                .put(
                        spec.id(),
                        VmRecord.added(spec, DesiredState.RUNNING)
                                .assignedTo(host.id())
                                .claimedBy(host.id(), host.incarnation()));
        hear(host);
        return this;
    }

    /** A VM that is off. */
    ClusterModel off(VmSpec spec) {
        records.vms().put(spec.id(), VmRecord.added(spec, DesiredState.OFF));
        return this;
    }

    /** Puts a record as it is. */
    ClusterModel put(VmRecord vm) {
        records.vms().put(vm.id(), vm);
        return this;
    }

    /** Puts a record as it is. */
    ClusterModel put(NodeRecord node) {
        records.nodes().put(node.id(), node);
        return this;
    }

    /** Puts a record as it is. */
    ClusterModel put(Operation operation) {
        records.operations().put(operation.id(), operation);
        return this;
    }

    ClusterModel settings(ClusterSettings settings) {
        records.settings(settings);
        return this;
    }

    ClusterModel moves(MoveScript script) {
        this.moves = script;
        return this;
    }

    /** Moves take this many seconds. */
    ClusterModel roundsOfMove(int rounds) {
        this.roundsOfMove = rounds;
        return this;
    }

    /** Proposals that are silently not stored. */
    ClusterModel lose(Predicate<Proposal> lost) {
        this.lost = lost;
        return this;
    }

    /** Happens between a coordinator's decision and its being stored. */
    ClusterModel meanwhile(Runnable meanwhile) {
        this.meanwhile = meanwhile;
        return this;
    }

    /** The guest does not listen when it is asked to shut down. */
    ClusterModel deaf(String vm) {
        deaf.add(new VmId(vm));
        return this;
    }

    /** The guest's starts fail, or succeed again. */
    ClusterModel unstartable(String vm, boolean fails) {
        if (fails) {
            unstartable.add(new VmId(vm));
        } else {
            unstartable.remove(new VmId(vm));
        }
        return this;
    }

    /** With another policy of what the cluster does by itself. */
    ClusterModel failback(FailbackMode mode) {
        FailoverPolicy now = settings().failover();
        return settings(settings().withFailover(policy(now, mode, now.shutdownPolicy())));
    }

    /** With another policy of what becomes of VMs whose hosts shut down. */
    ClusterModel shutdown(ShutdownPolicy policy) {
        FailoverPolicy now = settings().failover();
        return settings(settings().withFailover(policy(now, now.failback(), policy)));
    }

    private static FailoverPolicy policy(FailoverPolicy now, FailbackMode failback, ShutdownPolicy shutdown) {
        return new FailoverPolicy(
                now.armed(),
                now.armedAgainAt(),
                now.disarmReason(),
                failback,
                shutdown,
                now.suspectAfter(),
                now.startsPerNode(),
                now.restartWindow(),
                now.quarantineAfter(),
                now.quarantineWindow(),
                now.quarantineDuration());
    }

    /** Time passes until nothing is under way and nothing is decided for a while. */
    ClusterModel quiet() {
        int quiet = 0;
        for (int i = 0; i < 600 && quiet < 5; i++) {
            boolean open = operations().values().stream()
                    .anyMatch(operation -> !operation.state().isFinal());
            quiet = tick().isEmpty() && !open ? quiet + 1 : 0;
        }
        assertThat(quiet).as("it comes to rest").isEqualTo(5);
        return this;
    }

    /** How many live moves have begun. */
    long movesBegun() {
        return told().stream()
                .filter(text -> text.contains(" moves live from "))
                .count();
    }

    /** The next so many starts of a guest on one host fail. */
    ClusterModel startFails(String vm, String host, int times) {
        startFailures.put(vm + "@" + host, times);
        return this;
    }

    /** The guest cannot be stopped, or can be again. */
    ClusterModel unstoppable(String vm, boolean fails) {
        if (fails) {
            unstoppable.add(new VmId(vm));
        } else {
            unstoppable.remove(new VmId(vm));
        }
        return this;
    }

    FakeHost host(String name) {
        return host(new NodeId(name));
    }

    FakeHost host(NodeId id) {
        return hosts.get(id);
    }

    SortedMap<NodeId, FakeHost> hosts() {
        return Collections.unmodifiableSortedMap(hosts);
    }

    NodeRecord node(String name) {
        return records.nodes().get(new NodeId(name));
    }

    SortedMap<NodeId, NodeRecord> nodes() {
        return Collections.unmodifiableSortedMap(records.nodes());
    }

    SortedMap<VmId, VmRecord> vms() {
        return Collections.unmodifiableSortedMap(records.vms());
    }

    SortedMap<OperationId, Operation> operations() {
        return Collections.unmodifiableSortedMap(records.operations());
    }

    Optional<VmRecord> vm(VmId vm) {
        return Optional.ofNullable(records.vms().get(vm));
    }

    VmRecord vm(String vm) {
        return records.vms().get(new VmId(vm));
    }

    /** The node that a VM's record names as its own. */
    String nodeOf(String vm) {
        return vm(vm).phase().node().map(NodeId::value).orElse("nowhere");
    }

    Operation operation(OperationId id) {
        return records.operations().get(id);
    }

    OperationStep step(OperationId id, String vm) {
        return records.operations().get(id).step(new VmId(vm)).orElseThrow();
    }

    ClusterSettings settings() {
        return records.settings();
    }

    Instant now() {
        return now;
    }

    MoveScript moves() {
        return moves;
    }

    int roundsOfMove() {
        return roundsOfMove;
    }

    boolean isDeaf(VmId vm) {
        return deaf.contains(vm);
    }

    boolean failsToStart(VmId vm, NodeId host) {
        String key = vm + "@" + host;
        int left = startFailures.getOrDefault(key, 0);
        startFailures.put(key, Math.max(0, left - 1));
        return left > 0 || unstartable.contains(vm);
    }

    boolean isUnstoppable(VmId vm) {
        return unstoppable.contains(vm);
    }

    /** Reasons of everything that was stored, in order. */
    List<String> told() {
        return told.stream()
                .map(reason -> reason.subject() + " " + reason.text())
                .toList();
    }

    List<Reason> reasons() {
        return List.copyOf(told);
    }

    /** Guests that an agent found executing against the records. */
    List<VmId> copiesTurnedOff() {
        return List.copyOf(copiesTurnedOff);
    }

    void copyTurnedOff(VmId vm) {
        copiesTurnedOff.add(vm);
    }

    void joinAgain(NodeId id) {
        records.nodes().compute(id, (key, record) -> record.joined());
    }

    boolean isToBeCancelled(Phase.Migrating migration, VmId vm) {
        return Optional.ofNullable(records.operations().get(migration.operation()))
                .filter(operation -> operation.cancelRequested()
                        || operation
                                .step(vm)
                                .filter(OperationStep::cancelRequested)
                                .isPresent())
                .isPresent();
    }

    /** An agent's write. */
    void store(VmRecord next) {
        invariants.change(records.vms().get(next.id()), next);
        records.vms().put(next.id(), next);
    }

    /** The first five nodes have always voted. */
    private void found() {
        if (!isFounded || records.voters().version() > 0 || hosts.isEmpty()) {
            return;
        }
        List<NodeId> founders = hosts.keySet().stream().limit(VoterChoice.MOST).toList();
        TreeSet<NodeId> members = new TreeSet<>(founders);
        records.put(new VoterSet(founders.size(), members, members, true));
        hosts.values().forEach(host -> host.lease().learn(records.voters()));
        hosts.values().forEach(host -> host.lease().renew());
        hear();
    }

    VoterSet voters() {
        return records.voters();
    }

    /** Monotonic time, the same for all. */
    long nanos() {
        return Duration.between(START, now).toNanos();
    }

    /** Whether two hosts reach each other. */
    boolean isLinked(FakeHost one, FakeHost other) {
        return one == other ? one.isUp() : one.isUp() && other.isUp() && !one.isCut() && !other.isCut();
    }

    /** What this coordinator has found out so far, laid over what is stored and reported. */
    ClusterView view() {
        found();
        return takeovers.seen(stored());
    }

    private ClusterView stored() {
        TreeMap<NodeId, NodeView> views = new TreeMap<>();
        records.nodes()
                .forEach((id, record) -> views.put(
                        id,
                        new NodeView(
                                record,
                                hosts.get(id).inContact()
                                        ? Optional.of(new LiveNode(
                                                id, record.incarnation(), id + ":7000", id + ":8000", "test"))
                                        : Optional.empty(),
                                Optional.ofNullable(heard.get(id)))));
        return new ClusterView(
                epoch,
                since,
                now,
                records.settings(),
                views,
                records.vms(),
                records.operations(),
                records.voters(),
                new TreeMap<>());
    }

    /** Another coordinator takes over: it has the records, and has heard nobody yet. */
    ClusterModel newCoordinator() {
        found();
        epoch++;
        since = now;
        heard.clear();
        takeovers = new Takeovers(COORDINATOR, devices());
        return this;
    }

    private List<NodeId> devices() {
        return hosts.values().stream()
                .filter(FakeHost::hasDevice)
                .map(FakeHost::id)
                .toList();
    }

    /** A host that has a fencing device, for the coordinators that follow. */
    ClusterModel device(String name) {
        host(name).withDevice();
        takeovers = new Takeovers(COORDINATOR, devices());
        return this;
    }

    /** The coordinator's shell does its duties; who cannot be reached does not answer. */
    private void fulfil(FencingDuty duty) {
        if (duty instanceof FencingDuty.Revoke revoke) {
            revoke.voters().stream().map(hosts::get).filter(this::isReached).forEach(voter -> {
                Duration promised = voter.lease().revoke(revoke.node(), revoke.incarnation());
                takeovers.revoked(voter.id(), revoke.node(), revoke.incarnation(), now, now, promised);
            });
        } else if (duty instanceof FencingDuty.Announce announce) {
            announce.nodes().stream()
                    .map(hosts::get)
                    .filter(this::isReached)
                    .forEach(voter ->
                            takeovers.announced(voter.id(), voter.lease().announce(announce)));
        } else if (duty instanceof FencingDuty.AskPower ask) {
            Takeover.Power.State state =
                    host(ask.node()).isPowered() ? Takeover.Power.State.ON : Takeover.Power.State.OFF;
            takeovers.power(ask.node(), now, now, state);
        } else if (duty instanceof FencingDuty.SwitchOff off) {
            // It says yes, and does so a second later.
            takeovers.offSent(off.node(), now);
            switchedOff.add(off.node());
        }
    }

    private boolean isReached(FakeHost host) {
        return host != null && host.isUp() && !host.isCut() && host.inContact();
    }

    /** Nodes that their fencing devices have switched off. */
    List<NodeId> shot() {
        return List.copyOf(switchedOff);
    }

    /** The agents report. */
    void hear() {
        hosts.values().forEach(this::hear);
    }

    private void hear(FakeHost host) {
        if (host.inContact()) {
            heard.put(host.id(), new NodeView.Heard(host.report(), now));
        }
    }

    /** One decision of the coordinator, and what is stored of it. */
    List<Proposal> round() {
        ClusterView view = view();
        List<Proposal> proposals = Coordinator.decide(view);
        meanwhile.run();
        proposals.forEach(proposal -> commit(view, proposal));
        invariants.hold();
        FencingDuties.of(takeovers.seen(stored())).forEach(this::fulfil);
        return proposals;
    }

    /** A second passes: the agents act and report, the coordinator decides. */
    List<Proposal> tick() {
        now = now.plusSeconds(1);
        found();
        switchedOff.stream()
                .map(hosts::get)
                .filter(FakeHost::isPowered)
                .filter(host -> nodes().get(host.id()).fencing() == FencingState.FENCING)
                .forEach(FakeHost::powerOff);
        hosts.values().forEach(FakeHost::act);
        hear();
        return round();
    }

    ClusterModel ticks(int count) {
        for (int i = 0; i < count; i++) {
            tick();
        }
        return this;
    }

    /** Time passes until something is so; fails if it is not so in time. */
    ClusterModel until(BooleanSupplier condition, Duration limit) {
        Instant end = now.plus(limit);
        while (!condition.getAsBoolean()) {
            if (!now.isBefore(end)) {
                throw new AssertionError("it is not so after " + limit + "; operations: " + records.operations()
                        + ", VMs: " + records.vms());
            }
            tick();
        }
        return this;
    }

    /** Time passes until an operation has ended. */
    Operation end(OperationId id) {
        until(() -> operation(id).state().isFinal(), Duration.ofMinutes(5));
        return operation(id);
    }

    /** Asks, and stores what is accepted. */
    Verdict ask(Request request) {
        ClusterView view = view();
        Verdict verdict = Intake.answer(view, request);
        if (verdict instanceof Verdict.Accepted accepted) {
            commit(view, accepted.proposal());
            invariants.hold();
        }
        return verdict;
    }

    /** Asks for something that becomes an operation. */
    OperationId begin(Request request) {
        Verdict verdict = ask(request);
        assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        return ((Verdict.Accepted) verdict).operation().orElseThrow();
    }

    /** Asks for something that is refused and changes nothing. */
    Problem refused(Request request) {
        Verdict verdict = ask(request);
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return ((Verdict.Refused) verdict).problem();
    }

    private void commit(ClusterView view, Proposal proposal) {
        if (!lost.test(proposal) && records.commit(view, proposal, invariants)) {
            told.addAll(proposal.reasons());
        }
    }
}
