package io.drover.engine.coordinator;

import io.drover.engine.placement.Affinity;
import io.drover.engine.placement.Host;
import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.GuestReport;
import io.drover.model.GuestState;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationKind;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.StepState;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One round of deciding: the view, with what the round has already decided laid over it, so that later decisions of the
 * round see the earlier ones. Used by one thread, for one round.
 */
final class Draft {
    private final ClusterView view;
    private final SortedMap<VmId, VmRecord> vms;
    private final SortedMap<NodeId, NodeRecord> nodes = new TreeMap<>();
    private final SortedMap<OperationId, Operation> operations;
    private final SortedMap<VmId, NodeId> kept = new TreeMap<>();
    private final SortedMap<VmId, NodeId> planned = new TreeMap<>();
    private final Map<Object, Pending> pending = new LinkedHashMap<>();
    private @Nullable Affinity affinity;

    Draft(ClusterView view) {
        this.view = view;
        this.vms = new TreeMap<>(view.vms());
        this.operations = new TreeMap<>(view.operations());
        view.nodes().forEach((id, node) -> nodes.put(id, node.record()));
        running().stream()
                .flatMap(operation -> operation.steps().stream())
                .filter(step -> step.kind() != MoveKind.LIVE && step.state() == StepState.RUNNING)
                .forEach(step -> step.target().ifPresent(target -> kept.put(step.vm(), target)));
        running().stream()
                .filter(operation -> operation.kind() == OperationKind.MIGRATE)
                .forEach(operation -> operation.target().ifPresent(target -> plan(operation, target)));
    }

    private void plan(Operation operation, NodeId target) {
        operation.steps().stream()
                .filter(step -> step.state() == StepState.WAITING)
                .forEach(step -> planned.put(step.vm(), target));
    }

    ClusterView view() {
        return view;
    }

    /** The rules of the cluster. */
    Affinity affinity() {
        if (affinity == null) {
            affinity = Affinity.of(view.settings().rules());
        }
        return affinity;
    }

    /** The name of the next operation, those of this round counted. */
    OperationId nextOperation() {
        return Coordinator.nextOperation(view.withOperations(operations));
    }

    /** Whether the cluster may act by itself. */
    boolean isArmed() {
        return view.settings().failover().isArmed(view.now());
    }

    Collection<VmRecord> vms() {
        return List.copyOf(vms.values());
    }

    Optional<VmRecord> vm(VmId id) {
        return Optional.ofNullable(vms.get(id));
    }

    Optional<NodeRecord> node(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** What is under way, in the order in which it was asked for. */
    List<Operation> running() {
        return operations.values().stream()
                .filter(operation -> !operation.state().isFinal())
                .sorted(Comparator.comparing(Operation::createdAt).thenComparing(Operation::id))
                .toList();
    }

    Optional<Operation> operation(OperationId id) {
        return Optional.ofNullable(operations.get(id));
    }

    Collection<Operation> operations() {
        return List.copyOf(operations.values());
    }

    /** The running operation that has the VM in hand, if any. */
    Optional<Operation> inHand(VmId vm) {
        return running().stream()
                .filter(operation -> operation
                        .step(vm)
                        .filter(step -> !step.state().isFinal())
                        .isPresent())
                .findFirst();
    }

    void put(VmRecord next, Reason... reasons) {
        vms.put(next.id(), next);
        remember(next.id(), new Proposal.Put.Vm(next), reasons);
    }

    /** The same, but only if the records of some nodes are still as the view has them. */
    void put(VmRecord next, Set<NodeId> standsOn, Reason... reasons) {
        put(next, reasons);
        change(next.id()).standsOn.addAll(standsOn);
    }

    void put(VoterSet next, Reason... reasons) {
        remember(RecordOf.VOTERS, new Proposal.Put.Voters(next), reasons);
    }

    void put(NodeRecord next, Reason... reasons) {
        nodes.put(next.id(), next);
        remember(next.id(), new Proposal.Put.Node(next), reasons);
    }

    void put(Operation next, Reason... reasons) {
        if (next.equals(operations.get(next.id()))) {
            return;
        }
        operations.put(next.id(), next);
        remember(next.id(), new Proposal.Put.Op(next), reasons);
    }

    void put(ClusterSettings next, Reason... reasons) {
        remember(ClusterSettings.class, new Proposal.Put.Settings(next), reasons);
    }

    /** A node and an operation that are stored in one: neither makes sense without the other. */
    void putTogether(NodeRecord node, Operation operation, Reason... reasons) {
        nodes.put(node.id(), node);
        operations.put(operation.id(), operation);
        remember(node.id(), new Proposal.Put.Node(node), reasons);
        Optional.ofNullable(pending.get(node.id()))
                .ifPresent(change -> change.others.add(new Proposal.Put.Op(operation)));
    }

    void forget(OperationId operation) {
        operations.remove(operation);
        remember(operation, new Proposal.Put.ForgetOp(operation));
    }

    /** What the round decided, one proposal for each record. */
    List<Proposal> proposals() {
        List<Proposal> proposals = new ArrayList<>();
        pending.forEach((key, change) -> proposals.add(new Proposal(
                change.reasons.stream()
                        .flatMap(reason -> reason.operation().stream())
                        .findFirst(),
                change.puts(),
                change.reasons)));
        return proposals;
    }

    /** What the round decided, all in one proposal. */
    Proposal together(Optional<OperationId> operation) {
        List<Proposal.Put> puts = new ArrayList<>();
        List<Reason> reasons = new ArrayList<>();
        pending.values().forEach(change -> {
            puts.addAll(change.puts());
            reasons.addAll(change.reasons);
        });
        return new Proposal(operation, puts, reasons);
    }

    private void remember(Object key, Proposal.Put put, Reason... reasons) {
        Pending change = pending.computeIfAbsent(key, unused -> new Pending(put));
        change.put = put;
        change.reasons.addAll(List.of(reasons));
    }

    private Pending change(Object key) {
        return Optional.ofNullable(pending.get(key)).orElseThrow();
    }

    /** Migrations under way that a node takes part in. */
    int migrationsOf(NodeId node) {
        return (int) moving().filter(phase -> phase.nodes().contains(node)).count();
    }

    /** A move that this round ends goes on as long as that is not stored: its slot is not free yet. */
    private Stream<Phase> moving() {
        return vms.values().stream().flatMap(vm -> {
            VmRecord before = view.vms().get(vm.id());
            Phase phase = before != null && before.phase() instanceof Phase.Migrating ? before.phase() : vm.phase();
            return phase instanceof Phase.Migrating ? Stream.of(phase) : Stream.empty();
        });
    }

    /** Whether a node may take part in one more migration. */
    boolean hasSlot(NodeId node) {
        return migrationsOf(node) < view.settings().migrationsPerNode();
    }

    /** Keeps memory on a node for a VM that is stopped elsewhere to be started there. */
    void keepMemory(VmId vm, NodeId target) {
        kept.put(vm, target);
    }

    /** Counts a VM as one of the node to which it is about to move, so that nobody else is planned to be in its way. */
    void plan(VmId vm, NodeId target) {
        planned.put(vm, target);
    }

    /** Counts a VM only where it is; returns to where it was about to move. */
    Optional<NodeId> unplan(VmId vm) {
        return Optional.ofNullable(planned.remove(vm));
    }

    /** Where memory is kept for a VM. */
    Optional<NodeId> memoryKept(VmId vm) {
        return Optional.ofNullable(kept.get(vm));
    }

    /** Keeps no memory for a VM any more. */
    void releaseMemory(VmId vm) {
        kept.remove(vm);
    }

    /** Migrations under way in the cluster. */
    int migrations() {
        return (int) moving().count();
    }

    /** The nodes as placement sees them, with everything that is on its way taken off their memory. */
    List<Host> hosts() {
        Set<NodeId> emptied = operations.values().stream()
                .filter(operation -> operation.kind() == OperationKind.EVACUATE
                        && !operation.state().isFinal())
                .flatMap(operation -> operation.node().stream())
                .collect(Collectors.toSet());
        return view.nodes().values().stream()
                .map(node -> host(node, emptied.contains(node.id())))
                .toList();
    }

    private Host host(NodeView node, boolean emptied) {
        Optional<NodeReport> report = node.report();
        long free = report.map(NodeReport::memoryAvailable).orElse(0L);
        Set<VmId> here = new TreeSet<>();
        Set<VmId> leaving = new TreeSet<>();
        for (VmRecord vm : vms.values()) {
            if (vm.phase() instanceof Phase.Migrating migrating
                    && migrating.source().equals(node.id())) {
                leaving.add(vm.id());
            }
            if (!destinations(vm).contains(node.id())) {
                // What this round takes from it may not get stored: until it is, the VM counts as there.
                if (isStoredOn(vm.id(), node.id())) {
                    leaving.add(vm.id());
                }
                continue;
            }
            here.add(vm.id());
            if (!isCounted(report, vm.id())) {
                free -= vm.spec().memory();
            }
        }
        NodeRecord record = nodes.getOrDefault(node.id(), node.record());
        NodeView drafted = new NodeView(record, node.live(), node.heard());
        Optional<String> evacuated = emptied ? Optional.of("is being evacuated") : Optional.empty();
        return new Host(
                node.id(),
                NodeStates.closed(drafted, view).or(() -> evacuated),
                node.health(),
                report.map(NodeReport::memoryTotal).orElse(0L),
                free,
                here,
                leaving,
                report.map(NodeReport::networks).orElse(List.of()));
    }

    private boolean isStoredOn(VmId vm, NodeId node) {
        VmRecord stored = view.vms().get(vm);
        return stored != null && stored.phase().nodes().contains(node);
    }

    /** Where a VM takes memory, or will: a VM that is to be moved or restarted elsewhere does so on both nodes. */
    private Set<NodeId> destinations(VmRecord vm) {
        if (vm.phase() instanceof Phase.Migrating migrating) {
            return Set.of(migrating.target());
        }
        NodeId next = planned.get(vm.id());
        if (next != null && vm.phase() instanceof Phase.Placed placed) {
            return placed.owner().equals(next) ? Set.of(next) : Set.of(placed.owner(), next);
        }
        boolean leaves = vm.phase() instanceof Phase.Stopped || vm.stopRequest().isPresent();
        NodeId target = kept.get(vm.id());
        if (target == null || !leaves || vm.desired() == DesiredState.OFF) {
            return vm.phase().nodes();
        }
        Set<NodeId> both = new TreeSet<>(vm.phase().nodes());
        both.add(target);
        return both;
    }

    /** Whether the report's free memory has the VM taken off already. */
    private static boolean isCounted(Optional<NodeReport> report, VmId vm) {
        return report.flatMap(said -> said.guest(vm))
                .map(GuestReport::state)
                .filter(state -> state != GuestState.OFF && state != GuestState.SAVED)
                .isPresent();
    }

    /** Keys of records of which there is one. */
    private enum RecordOf {
        VOTERS
    }

    private static final class Pending {
        private Proposal.Put put;
        private final List<Proposal.Put> others = new ArrayList<>();
        private final Set<NodeId> standsOn = new TreeSet<>();
        private final List<Reason> reasons = new ArrayList<>();

        Pending(Proposal.Put put) {
            this.put = put;
        }

        List<Proposal.Put> puts() {
            List<Proposal.Put> puts = new ArrayList<>();
            puts.add(put);
            puts.addAll(others);
            standsOn.forEach(node -> puts.add(new Proposal.Put.Unchanged(node)));
            return puts;
        }
    }
}
