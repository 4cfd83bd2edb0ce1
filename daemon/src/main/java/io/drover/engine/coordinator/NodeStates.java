package io.drover.engine.coordinator;

import io.drover.model.DrainStatus;
import io.drover.model.FencingState;
import io.drover.model.HealthLevel;
import io.drover.model.LeaseState;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.NodeState;
import io.drover.model.ProbeStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;

/**
 * Tells node states apart. In this order:
 *
 * <ul>
 *   <li>{@code DOWN}: its incarnation is fenced, or it left, or it never joined.
 *   <li>{@code ISOLATED}: it is being fenced; or it has a session and a report is still to come, too late; or it is {@link
 *       Suspicion suspected}; or nothing was reported for {@link #SILENCE}; or it reports and has had no session for as
 *       long. Its VMs are left alone, for nothing proves that they do not run.
 *   <li>{@code JOINING}: it has a session, and its first report in this incarnation, or to this coordinator, is still to
 *       come and has one lease to do so; or it reports that it holds no lease.
 *   <li>{@code QUARANTINED}: it came and went too often.
 *   <li>{@code PAUSED}: an operator wants it so, or its host shuts down.
 *   <li>{@code UP}: everything else.
 * </ul>
 */
public final class NodeStates {
    /** Without a report for this long a node is out of contact: five reports. */
    public static final Duration SILENCE = Duration.ofSeconds(5);

    private NodeStates() {}

    /** What the node is taken for. */
    public static NodeState of(NodeView node, ClusterView view) {
        NodeRecord record = node.record();
        if (isGone(record) || record.incarnation() == 0) {
            return NodeState.DOWN;
        } else if (record.fencing() == FencingState.FENCING) {
            return NodeState.ISOLATED;
        } else if (isJoining(node, view)) {
            return NodeState.JOINING;
        } else if (isIsolated(node, view)) {
            return NodeState.ISOLATED;
        } else if (!record.witness() && isWithoutLease(node)) {
            return NodeState.JOINING;
        } else if (isQuarantined(record, view.now())) {
            return NodeState.QUARANTINED;
        }
        return record.mode() == NodeMode.ACTIVE ? NodeState.UP : NodeState.PAUSED;
    }

    /** Whether it is on record that the node's incarnation executes nothing, so that others may have what it owned. */
    public static boolean isGone(NodeRecord record) {
        return record.fencing() == FencingState.FENCED || record.fencing() == FencingState.LEFT;
    }

    private static boolean isJoining(NodeView node, ClusterView view) {
        if (node.report().isPresent() || node.live().isEmpty()) {
            return false;
        }
        Duration lease = view.settings().lease().duration();
        Duration waited = Duration.between(SignsOfLife.knownSince(node, view), view.now());
        return waited.compareTo(lease) < 0;
    }

    /** It reports, so it will have one in a moment, or says in each report that it has none. */
    private static boolean isWithoutLease(NodeView node) {
        return node.report()
                .filter(report -> report.lease() == LeaseState.NONE || report.lease() == LeaseState.GIVEN_UP)
                .isPresent();
    }

    private static boolean isIsolated(NodeView node, ClusterView view) {
        return !isHeard(node, view.now())
                || Suspicion.of(node, view).isPresent()
                || sessionless(node, view).compareTo(SILENCE) >= 0;
    }

    /** For how long a node has had no session with the coordination service; zero if it has one. */
    static Duration sessionless(NodeView node, ClusterView view) {
        return Optional.ofNullable(view.findings().sessionlessSince().get(node.id()))
                .map(since -> Duration.between(since, view.now()))
                .orElse(Duration.ZERO);
    }

    /** Whether the node may own no VMs since it came and went too often. */
    static boolean isQuarantined(NodeRecord record, Instant now) {
        return record.quarantinedUntil().filter(now::isBefore).isPresent();
    }

    /** Whether a report of its present incarnation came lately. */
    public static boolean isHeard(NodeView node, Instant now) {
        return node.report().isPresent()
                && node.heard()
                        .filter(heard -> Duration.between(heard.at(), now).compareTo(SILENCE) <= 0)
                        .isPresent();
    }

    /**
     * Whether this coordinator took over too lately to know how the cluster stands: it has not heard every node that may
     * be alive. It waits one lease for them.
     */
    public static boolean isSettling(ClusterView view) {
        Duration lease = view.settings().lease().duration();
        return Duration.between(view.since(), view.now()).compareTo(lease) < 0
                && view.nodes().values().stream().anyMatch(NodeStates::isAwaited);
    }

    private static boolean isAwaited(NodeView node) {
        NodeRecord record = node.record();
        return record.incarnation() > 0
                && record.fencing() == FencingState.CLEAR
                && node.report().isEmpty();
    }

    /** Why the node may be given no VMs; empty if it may. */
    public static Optional<String> closed(NodeView node, ClusterView view) {
        if (node.record().witness()) {
            return Optional.of("is a witness");
        }
        Optional<String> state = switch (of(node, view)) {
            case UP -> Optional.empty();
            case PAUSED -> Optional.of(paused(node.record()));
            case JOINING -> Optional.of(isWithoutLease(node) ? "holds no lease" : "is joining");
            case ISOLATED -> Optional.of(isolatedInShort(node, view));
            case QUARANTINED ->
                Optional.of("is quarantined until "
                        + node.record().quarantinedUntil().orElseThrow().truncatedTo(ChronoUnit.SECONDS));
            case DOWN -> Optional.of("is down");
        };
        return state.or(() -> withoutLease(node)).or(() -> ill(node));
    }

    private static String paused(NodeRecord record) {
        if (record.mode() == NodeMode.LEAVING) {
            return "is leaving: its host shuts down";
        }
        return record.drainStatus() == DrainStatus.IN_PROGRESS ? "is being drained" : "is paused";
    }

    /** Without figures: this text gets into records, which must not change with every round. */
    private static String isolatedInShort(NodeView node, ClusterView view) {
        if (node.record().fencing() == FencingState.FENCING) {
            return "is being fenced";
        } else if (Suspicion.of(node, view).isPresent()) {
            return "is suspected to be dead";
        }
        return isHeard(node, view.now()) ? "has no session with the coordination service" : "is out of contact";
    }

    /** Why a node counts as isolated, with figures; goes after its name. */
    public static String isolated(NodeView node, ClusterView view) {
        if (node.record().fencing() == FencingState.FENCING) {
            return "is being fenced: " + Fencing.progress(node, view);
        }
        Optional<Suspicion> suspicion = Suspicion.of(node, view);
        if (suspicion.isPresent()) {
            return "is suspected: " + suspicion.get().why();
        }
        if (isHeard(node, view.now())) {
            return "has had no session with the coordination service for " + Suspicion.seconds(sessionless(node, view));
        }
        Optional<Duration> renewed = SignsOfLife.lastRenewal(node, view).map(at -> Duration.between(at, view.now()));
        return renewed.filter(age -> age.compareTo(SILENCE) < 0)
                .map(age -> "is out of contact and cannot be asked to move its VMs, but renewed its lease "
                        + Suspicion.seconds(age) + " ago")
                .orElse("is out of contact");
    }

    private static Optional<String> withoutLease(NodeView node) {
        return node.report().map(NodeReport::lease).flatMap(lease -> switch (lease) {
            case HELD -> Optional.empty();
            case ENDING -> Optional.of("is about to lose its lease");
            case NONE, GIVEN_UP -> Optional.of("holds no lease");
        });
    }

    private static Optional<String> ill(NodeView node) {
        return node.health().compareTo(HealthLevel.CRITICAL) < 0
                ? Optional.empty()
                : Optional.of(
                        "is ill: " + worstProbe(node).map(NodeStates::text).orElse("reported critical"));
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
