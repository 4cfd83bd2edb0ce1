package io.drover.engine.coordinator;

import io.drover.model.DrainStatus;
import io.drover.model.FencingState;
import io.drover.model.HealthLevel;
import io.drover.model.NodeMode;
import io.drover.model.NodeState;
import io.drover.model.ProbeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * Tells node states apart. In this order:
 *
 * <ul>
 *   <li>{@code DOWN}: its incarnation is fenced, or it never joined.
 *   <li>{@code ISOLATED}: neither a report within {@link #SILENCE} nor a session with one to come; its VMs are left
 *       alone, for nothing proves that they do not run.
 *   <li>{@code JOINING}: it has a session, and this coordinator waits for its first report.
 *   <li>{@code PAUSED}: an operator wants it so.
 *   <li>{@code UP}: everything else.
 * </ul>
 */
public final class NodeStates {
    /** Without a report for this long a node is out of contact: five reports. */
    public static final Duration SILENCE = Duration.ofSeconds(5);

    private NodeStates() {}

    /** What the node is taken for. */
    public static NodeState of(NodeView node, ClusterView view) {
        FencingState fencing = node.record().fencing();
        if (fencing == FencingState.FENCED
                || fencing == FencingState.LEFT
                || node.record().incarnation() == 0) {
            return NodeState.DOWN;
        }
        if (!isHeard(node, view.now())) {
            return isSettling(view) && node.live().isPresent() ? NodeState.JOINING : NodeState.ISOLATED;
        }
        return node.record().mode() == NodeMode.ACTIVE ? NodeState.UP : NodeState.PAUSED;
    }

    /** Whether a report of its present incarnation came lately. */
    public static boolean isHeard(NodeView node, Instant now) {
        return node.report().isPresent()
                && node.heard()
                        .filter(heard -> Duration.between(heard.at(), now).compareTo(SILENCE) <= 0)
                        .isPresent();
    }

    /** Whether this coordinator took over too lately to suspect anybody: it waits one lease, to hear who lives. */
    public static boolean isSettling(ClusterView view) {
        Duration lease = view.settings().lease().duration();
        return Duration.between(view.since(), view.now()).compareTo(lease) < 0;
    }

    /** Why the node may be given no VMs; empty if it may. */
    public static Optional<String> closed(NodeView node, ClusterView view) {
        Optional<String> state = switch (of(node, view)) {
            case UP -> Optional.empty();
            case PAUSED ->
                Optional.of(node.record().drainStatus() == DrainStatus.IN_PROGRESS ? "is being drained" : "is paused");
            case JOINING -> Optional.of("is joining");
            case ISOLATED -> Optional.of("is out of contact");
            case QUARANTINED -> Optional.of("is quarantined");
            case DOWN -> Optional.of("is down");
        };
        if (state.isPresent()) {
            return state;
        }
        if (node.health().compareTo(HealthLevel.CRITICAL) >= 0) {
            return Optional.of(
                    "is ill: " + worstProbe(node).map(NodeStates::text).orElse("reported critical"));
        }
        return Optional.empty();
    }

    /** The worst of its probes that is not healthy; the first by name among equals. */
    public static Optional<ProbeStatus> worstProbe(NodeView node) {
        return node.report().stream()
                .flatMap(report -> report.probes().stream())
                .filter(probe -> probe.level() != HealthLevel.HEALTHY)
                .min(Comparator.comparing(ProbeStatus::level).reversed().thenComparing(ProbeStatus::name));
    }

    private static String text(ProbeStatus probe) {
        return "probe " + probe.name() + ": " + probe.evidence();
    }
}
