package io.drover.engine.coordinator;

import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.NodeState;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.ShutdownPolicy;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of VMs when the node is back whose host was shut down. Those that were moved away return once, live, as
 * far as their policy of failback says; those that were shut down with their host start there first.
 */
final class Homecoming {
    private Homecoming() {}

    /** Brings the VMs of nodes back that take part again. */
    static void advance(Draft draft) {
        if (NodeStates.isSettling(draft.view()) || !draft.isArmed()) {
            return;
        }
        for (NodeView node : draft.view().nodes().values()) {
            NodeRecord record = draft.node(node.id()).orElseThrow();
            boolean back = record.mode() == NodeMode.ACTIVE
                    && record.drainOperation().isPresent()
                    && NodeStates.of(node, draft.view()) == NodeState.UP
                    && NodeStates.closed(node, draft.view()).isEmpty();
            if (back) {
                welcome(draft, record);
            }
        }
    }

    private static void welcome(Draft draft, NodeRecord node) {
        List<Operation> drains = draft.running().stream()
                .filter(operation -> operation.kind() == OperationKind.DRAIN
                        && operation.node().equals(Optional.of(node.id())))
                .toList();
        if (!drains.isEmpty()) {
            drains.forEach(drain -> draft.put(drain.cancelling()));
            return;
        }
        NodeRecord plain = node.withMode(NodeMode.ACTIVE, DrainStatus.NOT_INITIATED, Optional.empty(), "", "");
        List<OperationStep> steps = Coordinator.returning(draft, node.id(), FailbackMode.IMMEDIATE).stream()
                .filter(step -> draft.vm(step.vm())
                        .filter(vm -> Failback.effective(draft.view(), vm) != FailbackMode.NONE)
                        .isPresent())
                .toList();
        if (steps.isEmpty()) {
            draft.put(plain);
            return;
        }
        Operation resume = resume(draft, node.id(), steps);
        draft.putTogether(
                plain,
                resume,
                Reason.of(Severity.INFO, Topic.DRAIN, node.id(), "is back, " + steps.size() + " VMs return to it")
                        .in(resume.id()));
    }

    private static Operation resume(Draft draft, NodeId node, List<OperationStep> steps) {
        return new Operation(
                draft.nextOperation(),
                OperationKind.RESUME,
                Optional.of(node),
                Optional.empty(),
                OperationState.RUNNING,
                Operation.SELF,
                "its host is back",
                draft.view().now(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                FailbackMode.IMMEDIATE,
                false,
                steps,
                "",
                "");
    }

    /** The node with which a VM was shut down, if that is where it starts first. */
    static Optional<NodeId> first(Draft draft, VmRecord vm) {
        return wasShutDownWith(vm)
                .filter(node -> Optional.ofNullable(draft.view().nodes().get(node))
                        .filter(known -> NodeStates.closed(known, draft.view()).isEmpty())
                        .isPresent());
    }

    /** Why a VM does not start anywhere before the node is back with which it was shut down; empty if it may. */
    static Optional<String> awaited(Draft draft, VmRecord vm) {
        if (Leaving.policy(draft.view()) != ShutdownPolicy.FREEZE) {
            return Optional.empty();
        }
        return wasShutDownWith(vm)
                .flatMap(draft::node)
                .filter(node -> node.mode() == NodeMode.LEAVING
                        && (node.fencing() == FencingState.CLEAR || node.fencing() == FencingState.LEFT))
                .map(node -> "waiting for " + node.id() + ", with which it was shut down and will start again");
    }

    private static Optional<NodeId> wasShutDownWith(VmRecord vm) {
        return vm.phase() instanceof Phase.Stopped stopped
                ? stopped.lastOwner().filter(node -> vm.drainedFrom().equals(Optional.of(node)))
                : Optional.empty();
    }
}
