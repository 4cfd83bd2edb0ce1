package io.drover.engine.coordinator;

import io.drover.model.MigrationResult;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.StepState;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/**
 * VMs that were lost in a move: neither of its two nodes had the guest in the end, so that it was started anew from its
 * disks. Another try could cost it another start, and nobody knows which of the two nodes was to blame. So the step ends
 * with it, whatever tries it had left; and for a while nothing that nobody asked for moves the VM live. Whoever asks for
 * a move again, by hand or by draining its node, gets it.
 */
final class Losses {
    /** For so long after its start the VM is not moved live unasked. */
    static final Duration REMEMBERED = Duration.ofHours(24);

    private static final String REMEDY = "see what both hosts log about it before it is moved again";

    private Losses() {}

    /** Ends the step of the move in which the VM was lost, unless its node has got rid of it by that. */
    static OperationStep settle(
            Draft draft, Operation operation, OperationStep step, VmRecord vm, MigrationResult ended) {
        Optional<NodeId> owner =
                vm.phase() instanceof Phase.Placed placed ? Optional.of(placed.owner()) : Optional.empty();
        String text = "it was lost on its way from " + ended.source() + " to " + ended.target()
                + " and starts anew from its disks: " + ended.reason();
        String remedy = ended.remedy().isEmpty() ? REMEDY : ended.remedy();
        if (Leaving.isOfShutdown(operation) && !operation.cancelRequested()) {
            // Its host goes in any case. Stopped here it starts elsewhere, which is no more than another such move may
            // cost.
            return step.by(MoveKind.RESTART).retry(step.target(), draft.view().now(), text, remedy);
        }
        boolean hasLeft = Operations.leaves(operation) && !owner.equals(operation.node());
        return hasLeft
                ? Moves.again(draft, operation, step, text, remedy, true)
                : step.ended(StepState.FAILED, draft.view().now(), text, remedy, Optional.empty());
    }

    /** Whether its owner has started it anew since it was lost, a short while ago. */
    static boolean isRecent(ClusterView view, VmRecord vm) {
        return vm.lastMigration()
                .filter(last -> last.outcome() == MigrationResult.Outcome.LOST && !last.retryable())
                .filter(last -> vm.phase().node().equals(Optional.of(last.source())))
                .flatMap(last -> vm.failures().stream()
                        .filter(failure -> failure.node().equals(last.source()))
                        .filter(failure ->
                                Duration.between(failure.at(), view.now()).compareTo(REMEMBERED) < 0)
                        .findAny())
                .isPresent();
    }

    /** The step of a move that nobody asked for, of a VM that was lost lately. */
    static OperationStep refuse(
            Draft draft, Operation operation, OperationStep step, VmRecord vm, Phase.Placed placed) {
        if (Leaving.isOfShutdown(operation)) {
            return Restarts.start(draft, operation, step.by(MoveKind.RESTART), vm, placed);
        }
        String text = "it is not moved unasked: it was lost in a move to "
                + vm.lastMigration().map(MigrationResult::target).orElseThrow() + " less than " + REMEMBERED.toHours()
                + " h ago";
        return step.ended(
                StepState.FAILED,
                draft.view().now(),
                text,
                "drover vm migrate " + vm.id() + ", once both hosts are found to be well",
                Optional.empty());
    }
}
