package io.drover.engine.coordinator;

import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.ShutdownPolicy;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Empties nodes whose hosts shut down. The host goes whatever becomes of its VMs, so nothing is left behind: what cannot
 * move live is stopped here and started elsewhere, and what nobody else can hold is shut down. Asked for by whoever shuts
 * the host down, so it happens in a disarmed cluster too.
 */
final class Leaving {
    /** A drain of a leaving node that ended with something left is followed by another after this long. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    private static final String WHY = "its host shuts down";

    private Leaving() {}

    /** Begins to empty nodes that say that they leave, and takes back those that do not any more. */
    static void advance(Draft draft) {
        ClusterView view = draft.view();
        for (NodeView node : view.nodes().values()) {
            boolean heard = NodeStates.isHeard(node, view.now());
            boolean leaves = node.report().filter(NodeReport::isLeaving).isPresent();
            if (heard && leaves) {
                begin(draft, node.id());
            } else if (heard && node.record().mode() == NodeMode.LEAVING) {
                stays(draft, node.record());
            }
        }
    }

    private static void begin(Draft draft, NodeId id) {
        NodeRecord node = draft.node(id).orElseThrow();
        List<VmRecord> here = draft.vms().stream()
                .filter(vm -> vm.phase() instanceof Phase.Placed placed
                        && placed.owner().equals(id)
                        && vm.stopRequest().isEmpty())
                .toList();
        NodeMode mode = node.mode() == NodeMode.ACTIVE ? NodeMode.LEAVING : node.mode();
        if (!here.isEmpty() && !isBeingDrained(draft, id) && !rests(draft, id)) {
            Operation drain = drain(draft, id);
            draft.putTogether(
                    node.withMode(
                            mode,
                            DrainStatus.IN_PROGRESS,
                            Optional.of(drain.id()),
                            mode == NodeMode.LEAVING ? WHY : node.reason(),
                            mode == NodeMode.LEAVING ? Operation.SELF : node.actor()),
                    drain,
                    Reason.of(Severity.INFO, Topic.DRAIN, id, "shuts down and is emptied of " + here.size() + " VMs")
                            .in(drain.id()));
        } else if (mode != node.mode()) {
            draft.put(
                    node.withMode(mode, DrainStatus.NOT_INITIATED, Optional.empty(), WHY, Operation.SELF),
                    Reason.of(Severity.INFO, Topic.NODE, id, "shuts down and is given nothing any more"));
        }
    }

    private static boolean isBeingDrained(Draft draft, NodeId node) {
        return draft.running().stream()
                .anyMatch(operation -> operation.kind() == OperationKind.DRAIN
                        && operation.node().equals(Optional.of(node)));
    }

    private static boolean rests(Draft draft, NodeId node) {
        Instant now = draft.view().now();
        return draft.operations().stream()
                .filter(operation -> isOfShutdown(operation) && operation.node().equals(Optional.of(node)))
                .flatMap(operation -> operation.finishedAt().stream())
                .anyMatch(end -> Duration.between(end, now).compareTo(PAUSE) < 0);
    }

    private static Operation drain(Draft draft, NodeId node) {
        return new Operation(
                draft.nextOperation(),
                OperationKind.DRAIN,
                Optional.of(node),
                Optional.empty(),
                OperationState.RUNNING,
                Operation.SELF,
                WHY,
                draft.view().now(),
                Optional.empty(),
                Optional.empty(),
                true,
                Optional.empty(),
                FailbackMode.NONE,
                false,
                List.of(),
                "",
                "");
    }

    /** The shutdown was called off: in service again, and what has gone comes back as after a reboot. */
    private static void stays(Draft draft, NodeRecord node) {
        draft.put(
                node.withMode(NodeMode.ACTIVE, node.drainStatus(), node.drainOperation(), "", ""),
                Reason.of(Severity.INFO, Topic.NODE, node.id(), "does not shut down after all"));
    }

    /** Whether an operation empties a node whose host shuts down. */
    static boolean isOfShutdown(Operation operation) {
        return operation.kind() == OperationKind.DRAIN
                && operation.force()
                && operation.actor().equals(Operation.SELF);
    }

    /** Whether the VMs are to be shut down with the host, and to stay with it. */
    static boolean freezes(Draft draft, Operation operation) {
        return isOfShutdown(operation) && policy(draft.view()) == ShutdownPolicy.FREEZE;
    }

    static ShutdownPolicy policy(ClusterView view) {
        return view.settings().failover().shutdownPolicy();
    }

    /** How a VM leaves a node whose host shuts down. */
    static MoveKind kind(ClusterView view, VmRecord vm) {
        return vm.spec().liveMigratable() && policy(view) == ShutdownPolicy.DRAIN ? MoveKind.LIVE : MoveKind.RESTART;
    }
}
