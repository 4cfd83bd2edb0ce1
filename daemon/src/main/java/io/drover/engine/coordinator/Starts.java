package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.model.DesiredState;
import io.drover.model.GuestReport;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationKind;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives VMs that should run and are nobody's to nodes: the highest priority first, so many on one node at a time. */
final class Starts {
    /** A start that takes longer holds its slot no more: it may hang, and others must not wait for it for ever. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Starts() {}

    /** What keeps a VM that should run from being given to a node. */
    sealed interface Answer {
        /** Nothing: it goes there. */
        record Place(Choice.Chosen choice) implements Answer {}

        /** This, in words that begin with {@code waiting}. */
        record Waits(String why) implements Answer {}
    }

    /** Gives every VM that should run and is nobody's to a node, or gives it up after too many failures. */
    static void whatShouldRun(Draft draft) {
        if (NodeStates.isSettling(draft.view())) {
            return;
        }
        List<VmRecord> waiting = draft.vms().stream()
                .filter(vm ->
                        vm.phase() instanceof Phase.Stopped && vm.desired() == DesiredState.RUNNING && !vm.failed())
                .toList();
        for (VmRecord vm : Moves.inOrder(draft, waiting)) {
            if (Failures.areTooMany(vm, draft.view())) {
                giveUp(draft, vm);
            } else if (answer(draft, vm) instanceof Answer.Place place) {
                assign(draft, vm, place.choice());
            }
        }
    }

    private static void giveUp(Draft draft, VmRecord vm) {
        draft.put(
                vm.withFailed(true),
                inHand(
                        draft,
                        vm,
                        Reason.of(
                                Severity.ERROR,
                                Topic.VM,
                                vm.id(),
                                "is given up after " + Failures.history(vm, draft.view()))));
    }

    private static Reason inHand(Draft draft, VmRecord vm, Reason reason) {
        Optional<OperationId> operation = draft.inHand(vm.id()).map(Operation::id);
        return operation.map(reason::in).orElse(reason);
    }

    /** Where a VM that should run and is nobody's goes now, or for what it waits. */
    static Answer answer(Draft draft, VmRecord vm) {
        Optional<NodeId> last = vm.phase().node();
        Optional<NodeId> there = Reports.runsOn(draft.view(), vm.id(), last);
        if (there.isPresent()) {
            return new Answer.Place(new Choice.Chosen(there.get(), "it runs there already"));
        }
        Optional<NodeId> behind = last.filter(node -> isBehind(draft.view(), vm.id(), node));
        if (behind.isPresent()) {
            // Its owner wrote that it is off: its last report is older than that, or somebody started it by hand.
            return new Answer.Waits("waiting for " + behind.get() + ", which wrote that it is off, to report that too");
        }
        boolean asked = isAskedFor(draft, vm.id());
        if (!asked && !draft.isArmed()) {
            return new Answer.Waits("waiting for an operator: the cluster is disarmed"
                    + because(draft.view().settings().failover().disarmReason()));
        }
        if (!asked && vm.spec().priority() == Priority.NO_AUTO_START) {
            return new Answer.Waits("waiting for an operator: its priority says that it is not started by itself");
        }
        return Homecoming.awaited(draft, vm).<Answer>map(Answer.Waits::new).orElseGet(() -> place(draft, vm));
    }

    private static boolean isBehind(ClusterView view, VmId vm, NodeId node) {
        NodeView known = view.nodes().get(node);
        return known != null
                && !NodeStates.isGone(known.record())
                && NodeStates.isHeard(known, view.now())
                && Reports.isRunningOn(view, vm, node);
    }

    private static String because(String reason) {
        return reason.isEmpty() ? "" : " (" + reason + ")";
    }

    /** Whether an operator or a move wants it started, so that nobody has to decide that. */
    private static boolean isAskedFor(Draft draft, VmId vm) {
        return draft.inHand(vm)
                .filter(operation -> operation.kind() != OperationKind.STOP)
                .isPresent();
    }

    /** Whether it is started without anybody's asking as soon as there is a place. */
    static boolean startsByItself(Draft draft, VmRecord vm) {
        return vm.desired() == DesiredState.RUNNING
                && !vm.failed()
                && (vm.spec().priority() != Priority.NO_AUTO_START || isAskedFor(draft, vm.id()));
    }

    private static Answer place(Draft draft, VmRecord vm) {
        Optional<NodeId> intended = draft.memoryKept(vm.id()).or(() -> Homecoming.first(draft, vm));
        Set<NodeId> busy = busy(draft);
        Choice choice = place(draft, vm, busy, intended);
        if (choice instanceof Choice.Chosen chosen) {
            return new Answer.Place(chosen);
        }
        if (!busy.isEmpty() && place(draft, vm, Set.of(), intended) instanceof Choice.Chosen chosen) {
            int most = draft.view().settings().failover().startsPerNode();
            return new Answer.Waits("waiting for a slot: " + most + " of " + most
                    + " VMs that may start at a time do so on " + chosen.target());
        }
        return new Answer.Waits(Waiting.forRoom(draft.view(), vm, (Choice.Nowhere) choice));
    }

    private static Choice place(Draft draft, VmRecord vm, Set<NodeId> busy, Optional<NodeId> intended) {
        Choice choice = Places.toStart(draft, vm, busy, intended);
        // Better elsewhere than nowhere, even if an operator wanted it there.
        return intended.isPresent() && choice instanceof Choice.Nowhere
                ? Places.toStart(draft, vm, busy, Optional.empty())
                : choice;
    }

    /** The nodes on which as many VMs are starting as may. */
    static Set<NodeId> busy(Draft draft) {
        int most = draft.view().settings().failover().startsPerNode();
        return starting(draft).entrySet().stream()
                .filter(node -> node.getValue() >= most)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** How many VMs hold a slot for starting, by node. Those that have failed lately hold none: they may go on for long. */
    private static Map<NodeId, Integer> starting(Draft draft) {
        ClusterView view = draft.view();
        Instant oldest = view.now().minus(PATIENCE);
        Map<NodeId, Integer> starting = new HashMap<>();
        for (VmRecord vm : draft.vms()) {
            Instant since = view.findings().startingSince().get(vm.id());
            boolean isNew = vm.phase() instanceof Phase.Assigned && since == null;
            boolean holds = isNew || (since != null && since.isAfter(oldest) && !(vm.phase() instanceof Phase.Stopped));
            if (holds && Failures.recent(vm, view).isEmpty()) {
                vm.phase().nodes().forEach(node -> starting.merge(node, 1, Integer::sum));
            }
        }
        return starting;
    }

    /** Whether a VM is starting on its owner, or is to. */
    static boolean isStarting(VmRecord vm, ClusterView view) {
        if (vm.phase() instanceof Phase.Assigned) {
            return true;
        }
        boolean isWanted =
                vm.desired() == DesiredState.RUNNING && vm.stopRequest().isEmpty() && !vm.failed();
        return isWanted
                && vm.phase() instanceof Phase.Placed placed
                && isOff(Reports.guest(view, vm.id(), placed.owner()));
    }

    private static boolean isOff(Optional<GuestReport> guest) {
        return guest.isEmpty() || guest.get().state() == GuestState.OFF;
    }

    static void assign(Draft draft, VmRecord vm, Choice.Chosen chosen) {
        Reason reason = Reason.of(
                Severity.INFO, Topic.VM, vm.id(), "is given to " + chosen.target() + " (" + chosen.why() + ")");
        draft.releaseMemory(vm.id());
        VmRecord assigned = vm.assignedTo(chosen.target());
        boolean isBack = vm.drainedFrom().equals(Optional.of(chosen.target()));
        draft.put(isBack ? assigned.withDrainedFrom(Optional.empty()) : assigned, inHand(draft, vm, reason));
    }

    /** A VM that its owner has not claimed belongs to nobody yet: it may go elsewhere without proof of anything. */
    static void reassignUnclaimed(Draft draft) {
        if (NodeStates.isSettling(draft.view()) || !draft.isArmed()) {
            return;
        }
        for (VmRecord vm : draft.vms()) {
            if (!(vm.phase() instanceof Phase.Assigned assigned) || wasAssignedNow(draft, vm.id())) {
                continue;
            }
            NodeView owner = draft.view().nodes().get(assigned.owner());
            Optional<String> closed =
                    owner == null ? Optional.of("is unknown") : NodeStates.closed(owner, draft.view());
            // A VM that ran there before it was clustered runs there unclaimed.
            if (closed.isPresent() && !Reports.isRunningOn(draft.view(), vm.id(), assigned.owner())) {
                Choice choice = Places.toStart(draft, vm, Set.of(assigned.owner()), Optional.empty());
                if (choice instanceof Choice.Chosen chosen) {
                    draft.put(
                            vm.assignedTo(chosen.target()),
                            Reason.of(
                                    Severity.INFO,
                                    Topic.VM,
                                    vm.id(),
                                    "is given to " + chosen.target() + " instead of " + assigned.owner() + ", which "
                                            + closed.get() + " and had not claimed it"));
                }
            }
        }
    }

    private static boolean wasAssignedNow(Draft draft, VmId vm) {
        VmRecord before = draft.view().vms().get(vm);
        return before == null || !(before.phase() instanceof Phase.Assigned);
    }
}
