package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.StorageMove;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Instant;
import java.util.Optional;

/** Moves of a VM's files while the VM stays where it is: its owner is asked to, in the record. */
final class StorageMoves {
    private StorageMoves() {}

    /** Whether only the files are to move, of a VM that is at this node. */
    static boolean isMeant(OperationStep step, NodeId owner, Optional<NodeId> wanted) {
        return !step.storage().isEmpty() && wanted.map(owner::equals).orElse(true);
    }

    /** Asks the owner. */
    static OperationStep start(Draft draft, Operation operation, OperationStep step, VmRecord vm, Phase.Placed placed) {
        NodeId owner = placed.owner();
        Instant now = draft.view().now();
        if (!step.source().equals(Optional.of(owner))) {
            return step.ended(
                    StepState.CANCELLED,
                    now,
                    "it is on " + owner + " by now; its files stay where they are",
                    "drover vm show " + vm.id(),
                    Optional.empty());
        }
        if (!Reports.isRunningOn(draft.view(), vm.id(), owner)) {
            return step.waitingFor("waiting for " + owner + " to report it running", "drover vm show " + vm.id());
        }
        OperationStep begun = step.begun(owner, now);
        StorageMove move = new StorageMove(operation.id(), begun.attempts(), step.storage());
        draft.put(
                vm.movingStorage(move),
                Reason.of(
                                Severity.INFO,
                                Topic.MIGRATION,
                                vm.id(),
                                "moves " + step.storage().text() + ", and stays on " + owner
                                        + (begun.attempts() > 1 ? " (try " + begun.attempts() + ")" : ""))
                        .in(operation.id()));
        return begun;
    }

    /** Whether the owner is still asked to, on behalf of an operation. */
    static boolean isAsked(Operation operation, VmRecord vm) {
        return vm.storageMove()
                .filter(move -> move.operation().equals(operation.id()))
                .isPresent();
    }
}
