package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Placement;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides what the cluster does next. Level-triggered: each round looks at everything and proposes what is missing, and
 * remembers nothing, so that a round may be lost, repeated, or made by another coordinator.
 */
public final class Coordinator {
    /** Finished operations that are kept at most, whatever their age. */
    public static final int OPERATIONS_KEPT = 500;

    /** A node that could not be emptied is tried again after this long. */
    static final Duration EVACUATION_PAUSE = Duration.ofSeconds(60);

    private Coordinator() {}

    /**
     * One round.
     *
     * @param view everything that is known
     * @return what to store, each proposal on its own; in the order in which they should be tried
     */
    public static List<Proposal> decide(ClusterView view) {
        Draft draft = new Draft(view);
        Fencing.advance(draft);
        Voters.advance(draft);
        Quarantine.advance(draft);
        Failover.release(draft);
        draft.running().forEach(operation -> Operations.advance(draft, operation));
        Figures.amend(draft);
        Operations.closeDrains(draft);
        // Its first moves come in the next round: an operation is stored before anything is done in its name.
        Leaving.advance(draft);
        Homecoming.advance(draft);
        evacuateIll(draft);
        Starts.whatShouldRun(draft);
        Starts.reassignUnclaimed(draft);
        StopFailures.advance(draft);
        RuleRepair.advance(draft);
        Failback.advance(draft);
        Arming.advance(draft);
        forgetOld(draft);
        return draft.proposals();
    }

    /** The name of this coordinator's next operation. */
    public static OperationId nextOperation(ClusterView view) {
        return new OperationId(view.epoch() + "-" + (lastNumber(view) + 1));
    }

    private static long lastNumber(ClusterView view) {
        String prefix = view.epoch() + "-";
        return view.operations().keySet().stream()
                .map(OperationId::value)
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .filter(number -> number.matches("[0-9]{1,18}"))
                .mapToLong(Long::parseLong)
                .max()
                .orElse(0);
    }

    private static void evacuateIll(Draft draft) {
        ClusterView view = draft.view();
        if (!draft.isArmed()) {
            return;
        }
        for (NodeView node : view.nodes().values()) {
            Optional<String> cause = Evacuations.cause(node, view);
            if (cause.isEmpty()) {
                continue;
            }
            List<VmRecord> here = draft.vms().stream()
                    .filter(vm -> vm.phase() instanceof Phase.Placed placed
                            && placed.owner().equals(node.id()))
                    .toList();
            if (here.isEmpty() || isBeingEmptied(draft, node.id()) || rests(draft, node.id(), here)) {
                continue;
            }
            String why = cause.get();
            Operation evacuation = evacuation(view, draft.nextOperation(), node.id(), Operation.SELF, why, "");
            draft.put(
                    evacuation,
                    Reason.of(
                                    Severity.WARNING,
                                    Topic.EVACUATION,
                                    node.id(),
                                    "is emptied of its " + here.size() + " VMs: " + why)
                            .in(evacuation.id()));
        }
    }

    static Operation evacuation(
            ClusterView view, OperationId id, NodeId node, String actor, String reason, String requestId) {
        return new Operation(
                id,
                OperationKind.EVACUATE,
                Optional.of(node),
                Optional.empty(),
                OperationState.RUNNING,
                actor,
                reason,
                view.now(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                FailbackMode.NONE,
                false,
                List.of(),
                "",
                requestId);
    }

    private static boolean isBeingEmptied(Draft draft, NodeId node) {
        return draft.running().stream()
                .anyMatch(operation -> operation.node().equals(Optional.of(node))
                        && (operation.kind() == OperationKind.EVACUATE || operation.kind() == OperationKind.DRAIN));
    }

    /** After a try that left something: rests a while, and goes on only if something could move now. */
    private static boolean rests(Draft draft, NodeId node, List<VmRecord> here) {
        Optional<Instant> last = draft.operations().stream()
                .filter(operation -> operation.kind() == OperationKind.EVACUATE
                        && operation.node().equals(Optional.of(node)))
                .flatMap(operation -> operation.finishedAt().stream())
                .max(Comparator.naturalOrder());
        if (last.isEmpty() || Duration.between(last.get(), draft.view().now()).compareTo(Duration.ofHours(1)) > 0) {
            return false;
        }
        if (Duration.between(last.get(), draft.view().now()).compareTo(EVACUATION_PAUSE) < 0) {
            return true;
        }
        return here.stream()
                .noneMatch(vm -> vm.spec().liveMigratable()
                        && !Losses.isRecent(draft.view(), vm)
                        && Places.toMove(draft, draft.hosts(), vm, node, List.of(), Optional.empty())
                                instanceof Choice.Chosen);
    }

    private static void forgetOld(Draft draft) {
        List<Operation> finished = new ArrayList<>(draft.operations().stream()
                .filter(operation -> operation.state().isFinal())
                .sorted(Comparator.comparing(Coordinator::endOf).reversed())
                .toList());
        Instant oldest = draft.view().now().minus(draft.view().settings().operationsKept());
        for (int i = 0; i < finished.size(); i++) {
            boolean old = endOf(finished.get(i)).isBefore(oldest);
            if ((old || i >= OPERATIONS_KEPT) && !isNewest(draft, finished.get(i))) {
                draft.forget(finished.get(i).id());
            }
        }
    }

    private static Instant endOf(Operation operation) {
        return operation.finishedAt().orElse(operation.createdAt());
    }

    /** The newest of this coordinator is kept whatever its age, for its number must not be given again. */
    private static boolean isNewest(Draft draft, Operation operation) {
        ClusterView view = draft.view();
        return operation.id().value().equals(view.epoch() + "-" + lastNumber(view));
    }

    /** Steps for the VMs that return to a node, in order. */
    static List<OperationStep> returning(Draft draft, NodeId node, FailbackMode mode) {
        List<VmRecord> back = draft.vms().stream()
                .filter(vm -> returns(vm, node, mode))
                .filter(vm -> draft.inHand(vm.id())
                        .filter(operation -> !operation.node().equals(Optional.of(node)))
                        .isEmpty())
                .toList();
        return Moves.inOrder(draft, back).stream()
                .map(vm -> OperationStep.waiting(vm.id(), MoveKind.LIVE, destination(vm.phase()), Operations.ITS_TURN))
                .toList();
    }

    /** Where a VM is, or will be once its move has ended well. */
    private static Optional<NodeId> destination(Phase phase) {
        return phase instanceof Phase.Migrating migrating ? Optional.of(migrating.target()) : phase.node();
    }

    private static boolean returns(VmRecord vm, NodeId node, FailbackMode mode) {
        boolean runs = vm.phase() instanceof Phase.Placed || vm.phase() instanceof Phase.Migrating;
        Optional<NodeId> there = destination(vm.phase());
        if (!runs || there.equals(Optional.of(node)) || !vm.spec().liveMigratable()) {
            return false;
        }
        return switch (mode) {
            case NONE -> false;
            case IMMEDIATE -> vm.drainedFrom().equals(Optional.of(node));
            case POLICY ->
                vm.spec().failback() != FailbackMode.NONE
                        && Placement.preferenceRank(vm.spec(), node)
                                < Placement.preferenceRank(vm.spec(), there.orElseThrow());
        };
    }
}
