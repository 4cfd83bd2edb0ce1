package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A try of a move that its source is to cancel. Told with each answer to the source's reports until it has ended: the
 * wish is in the operation's record, so it outlives the coordinator.
 *
 * @param vm which VM
 * @param operation on whose behalf it moves
 * @param attempt which try
 * @param reason why it is to be cancelled
 */
public record CancelOrder(VmId vm, OperationId operation, int attempt, String reason) {
    /** All that a node is to cancel now. */
    public static List<CancelOrder> forSource(ClusterView view, NodeId source) {
        List<CancelOrder> orders = new ArrayList<>();
        for (VmRecord vm : view.vms().values()) {
            Optional<Try> found = tryFrom(vm, source);
            if (found.isEmpty()) {
                continue;
            }
            Optional<Operation> operation =
                    Optional.ofNullable(view.operations().get(found.get().operation()));
            boolean wanted = operation
                    .filter(known -> known.cancelRequested()
                            || known.step(vm.id())
                                    .filter(OperationStep::cancelRequested)
                                    .isPresent())
                    .isPresent();
            if (wanted) {
                orders.add(new CancelOrder(
                        vm.id(),
                        found.get().operation(),
                        found.get().attempt(),
                        operation.filter(Operation::cancelRequested).isPresent()
                                ? "its operation is cancelled"
                                : "cancelled by an operator or a deadline"));
            }
        }
        return orders;
    }

    private record Try(OperationId operation, int attempt) {}

    /** The move from a node, or of files on it, that is under way. */
    private static Optional<Try> tryFrom(VmRecord vm, NodeId source) {
        if (!vm.phase().node().equals(Optional.of(source))) {
            return Optional.empty();
        }
        if (vm.phase() instanceof Phase.Migrating migrating) {
            return Optional.of(new Try(migrating.operation(), migrating.attempt()));
        }
        return vm.storageMove().map(move -> new Try(move.operation(), move.attempt()));
    }
}
