package io.drover.runtime;

import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeStates;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.VmStates;
import io.drover.model.HealthLevel;
import io.drover.model.NodeState;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Notices when nodes and VMs change their states, tells the reason once, and remembers since when. Used by the
 * coordinator, on the event loop.
 */
final class StateWatch {
    private final Reasons reasons;
    private final Map<String, Seen> seen = new HashMap<>();

    StateWatch(Reasons reasons) {
        this.reasons = reasons;
    }

    /** Compares with the last view. */
    void look(ClusterView view) {
        for (NodeView node : view.nodes().values()) {
            NodeState state = NodeStates.of(node, view);
            note("node/" + node.id(), state.name(), view.now())
                    .ifPresent(before -> reasons.tell(changed(node, state, before, view)));
            HealthLevel health = node.health();
            note("health/" + node.id(), health.name(), view.now())
                    .ifPresent(before -> reasons.tell(changed(node, health, before)));
        }
        for (VmRecord vm : view.vms().values()) {
            note("vm/" + vm.id(), VmStates.of(vm, view).state().name(), view.now());
        }
    }

    /** Since when something has been in its present state. */
    Optional<Instant> since(String key) {
        return Optional.ofNullable(seen.get(key)).map(Seen::since);
    }

    /** Forgets everything: the next coordinator's first look is not a change. */
    void clear() {
        seen.clear();
    }

    private Optional<String> note(String key, String state, Instant now) {
        Seen before = seen.get(key);
        if (before != null && before.state().equals(state)) {
            return Optional.empty();
        }
        seen.put(key, new Seen(state, now));
        return Optional.ofNullable(before).map(Seen::state);
    }

    private static Reason changed(NodeView node, NodeState state, String before, ClusterView view) {
        Severity severity = switch (state) {
            case UP, PAUSED, JOINING -> Severity.INFO;
            case ISOLATED, QUARANTINED, DOWN -> Severity.WARNING;
        };
        String why = switch (state) {
            case UP -> "reports and takes VMs";
            case PAUSED -> "takes no VMs until it is resumed";
            case JOINING -> "has a session, no report yet";
            case ISOLATED ->
                node.heard()
                        .map(heard -> "no report for "
                                + Duration.between(heard.at(), view.now()).toSeconds() + " s; its VMs are left alone")
                        .orElse("no report; its VMs are left alone");
            case QUARANTINED -> "came and went too often";
            case DOWN -> "proved to execute nothing";
        };
        return Reason.of(
                severity, Topic.NODE, node.id(), words(before) + " -> " + words(state.name()) + " (" + why + ")");
    }

    private static Reason changed(NodeView node, HealthLevel health, String before) {
        Severity severity = health == HealthLevel.HEALTHY ? Severity.INFO : Severity.WARNING;
        String evidence = NodeStates.worstProbe(node)
                .map(probe -> " (probe " + probe.name() + ": " + probe.evidence() + ")")
                .orElse("");
        return Reason.of(severity, Topic.HEALTH, node.id(), words(before) + " -> " + words(health.name()) + evidence);
    }

    private static String words(String constant) {
        return constant.charAt(0) + constant.substring(1).toLowerCase(java.util.Locale.ROOT);
    }

    private record Seen(String state, Instant since) {}
}
