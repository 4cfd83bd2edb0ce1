package io.drover.engine.coordinator;

import io.drover.model.FencingState;
import io.drover.model.HealthLevel;
import io.drover.model.NodeState;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Which nodes are emptied by live migration without having been asked for it, and why. */
final class Evacuations {
    /** A node that reports and has had no session for this long is emptied: it may not come back by itself. */
    static final Duration ISOLATION = Duration.ofSeconds(60);

    private Evacuations() {}

    /** Why a node is to be emptied, in words; empty if it is not, or if it cannot be asked to send anything. */
    static Optional<String> cause(NodeView node, ClusterView view) {
        if (NodeStates.isSettling(view) || node.record().witness()) {
            return Optional.empty();
        }
        NodeState state = NodeStates.of(node, view);
        return switch (state) {
            case UP, PAUSED -> illness(node);
            case QUARANTINED -> Optional.of("it is quarantined, since it was lost too often");
            case ISOLATED -> isolation(node, view);
            case JOINING, DOWN -> Optional.empty();
        };
    }

    private static Optional<String> illness(NodeView node) {
        if (node.health().compareTo(HealthLevel.CRITICAL) < 0) {
            return Optional.empty();
        }
        return Optional.of(NodeStates.worstProbe(node)
                .map(probe -> "probe " + probe.name() + " is "
                        + probe.level().name().toLowerCase(Locale.ROOT) + ": " + probe.evidence())
                .orElse("it reports critical"));
    }

    private static Optional<String> isolation(NodeView node, ClusterView view) {
        boolean lasts = node.record().fencing() == FencingState.CLEAR
                && NodeStates.isHeard(node, view.now())
                && NodeStates.sessionless(node, view).compareTo(ISOLATION) >= 0;
        return lasts ? Optional.of("it " + NodeStates.isolated(node, view)) : Optional.empty();
    }
}
