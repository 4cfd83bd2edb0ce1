package io.drover.engine.coordinator;

import io.drover.model.DesiredState;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.util.Optional;

/**
 * Shows VMs that cannot be stopped as failed, for an operator has to do something about them. Their records go on naming
 * the node on which they still run, and its agent goes on trying.
 */
final class StopFailures {
    private StopFailures() {}

    static void advance(Draft draft) {
        for (VmRecord vm : draft.vms()) {
            if (isOver(vm)) {
                draft.put(vm.withFailed(false));
            } else if (vm.stopRequest().isPresent() && !vm.failed() && hasFailed(draft, vm)) {
                NodeId owner = ((Phase.Placed) vm.phase()).owner();
                draft.put(
                        vm.withFailed(true),
                        Reason.of(Severity.ERROR, Topic.VM, vm.id(), "cannot be stopped; it still runs on " + owner)
                                .in(vm.stopRequest().get().operation()));
            }
        }
    }

    /** It went off in the end. What cannot be started is given up while it should run, so it is not meant here. */
    private static boolean isOver(VmRecord vm) {
        return vm.failed() && vm.desired() == DesiredState.OFF && vm.phase() instanceof Phase.Stopped;
    }

    private static boolean hasFailed(Draft draft, VmRecord vm) {
        Optional<Operation> stop = draft.operation(
                        vm.stopRequest().orElseThrow().operation())
                .filter(operation ->
                        operation.kind() == OperationKind.STOP && operation.state() == OperationState.FAILED);
        return stop.isPresent()
                && vm.phase() instanceof Phase.Placed placed
                && Reports.isHeard(draft.view(), placed.owner());
    }
}
