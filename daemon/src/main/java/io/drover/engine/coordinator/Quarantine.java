package io.drover.engine.coordinator;

import io.drover.model.FailoverPolicy;
import io.drover.model.FencingState;
import io.drover.model.NodeRecord;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps nodes from owning VMs for a while that were lost again and again. Imposed when such a node is back, never on more
 * than a quarter of the nodes at once, so on none in a cluster of less than four; ended by time or by an operator, and the
 * departures that led to it count no more then.
 */
final class Quarantine {
    private Quarantine() {}

    /** One round. */
    static void advance(Draft draft) {
        ClusterView view = draft.view();
        Instant now = view.now();
        for (NodeView node : view.nodes().values()) {
            NodeRecord record = node.record();
            boolean isOver = record.quarantinedUntil()
                    .filter(until -> !now.isBefore(until))
                    .isPresent();
            if (isOver) {
                draft.put(
                        record.withQuarantine(List.of(), Optional.empty()),
                        Reason.of(Severity.INFO, Topic.NODE, node.id(), "is out of quarantine: its time is over"));
            } else if (isDue(node, view) && hasRoom(draft)) {
                impose(draft, record);
            }
        }
    }

    private static boolean isDue(NodeView node, ClusterView view) {
        NodeRecord record = node.record();
        FailoverPolicy policy = view.settings().failover();
        return record.fencing() == FencingState.CLEAR
                && !record.witness()
                && record.quarantinedUntil().isEmpty()
                && policy.quarantineAfter() > 0
                && recent(record, view) >= policy.quarantineAfter()
                && policy.isArmed(view.now())
                && NodeStates.isHeard(node, view.now());
    }

    private static long recent(NodeRecord record, ClusterView view) {
        Instant oldest = view.now().minus(view.settings().failover().quarantineWindow());
        return record.departures().stream().filter(at -> at.isAfter(oldest)).count();
    }

    private static boolean hasRoom(Draft draft) {
        Instant now = draft.view().now();
        List<NodeRecord> nodes = draft.view().nodes().keySet().stream()
                .flatMap(node -> draft.node(node).stream())
                .filter(node -> !node.witness())
                .toList();
        long inside = nodes.stream()
                .filter(node -> NodeStates.isQuarantined(node, now))
                .count();
        return inside + 1 <= nodes.size() / 4;
    }

    private static void impose(Draft draft, NodeRecord record) {
        ClusterView view = draft.view();
        FailoverPolicy policy = view.settings().failover();
        Instant until = view.now().plus(policy.quarantineDuration());
        draft.put(
                record.withQuarantine(record.departures(), Optional.of(until)),
                Reason.of(
                        Severity.WARNING,
                        Topic.NODE,
                        record.id(),
                        "is quarantined for " + policy.quarantineDuration().toMinutes() + " minutes: it was lost "
                                + recent(record, view) + " times within "
                                + policy.quarantineWindow().toMinutes()
                                + " minutes (limit: " + policy.quarantineAfter()
                                + "); 'drover node clear-quarantine " + record.id() + "' ends it"));
    }
}
