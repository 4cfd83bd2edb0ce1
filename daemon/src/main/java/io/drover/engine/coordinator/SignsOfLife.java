package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.RenewalSeen;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When a node last showed that its present incarnation lives: by a report to this coordinator, or by a renewal of its
 * lease that a voter has seen.
 *
 * <p>Silence is counted only up to the moment at which a majority of the voters had last reported: while this coordinator
 * hears no majority, be it cut off itself or merely slow, nobody grows more silent.
 */
public final class SignsOfLife {
    private SignsOfLife() {}

    /** The last report of the present incarnation, or a later one. */
    static Optional<Instant> lastReport(NodeView node) {
        return node.heard()
                .filter(heard -> heard.report().incarnation() >= node.record().incarnation())
                .map(NodeView.Heard::at);
    }

    /** The last renewal of the present incarnation, or a later one, that a voter has seen. */
    static Optional<Instant> lastRenewal(NodeView node, ClusterView view) {
        return view.voters().members().stream()
                .map(voter -> view.nodes().get(voter))
                .filter(voter -> voter != null)
                .flatMap(voter -> voter.heard().stream())
                .flatMap(heard -> heard.report().renewals().stream()
                        .filter(seen -> isOf(seen, node))
                        .map(seen -> heard.at().minus(seen.age())))
                .max(Comparator.naturalOrder());
    }

    private static boolean isOf(RenewalSeen seen, NodeView node) {
        return seen.node().equals(node.id())
                && seen.incarnation() >= node.record().incarnation();
    }

    /** The last sign of either kind; empty if there has been none since this coordinator took over. */
    static Optional<Instant> last(NodeView node, ClusterView view) {
        Optional<Instant> report = lastReport(node);
        Optional<Instant> renewal = lastRenewal(node, view);
        return report.isPresent() && renewal.isPresent()
                ? Optional.of(Operations.later(report.get(), renewal.get()))
                : report.or(() -> renewal);
    }

    /** The last sign, or since when it would have been seen. */
    public static Instant lastOrKnown(NodeView node, ClusterView view) {
        return last(node, view).orElse(knownSince(node, view));
    }

    /** Since when this coordinator would have seen a sign of the present incarnation. */
    static Instant knownSince(NodeView node, ClusterView view) {
        return Operations.later(view.since(), view.findings().knownSince().getOrDefault(node.id(), view.since()));
    }

    /** Up to when silence is counted: the last moment by which a majority of the voters had reported. */
    static Optional<Instant> horizon(ClusterView view) {
        VoterSet voters = view.voters();
        List<Instant> reports = voters.members().stream()
                .map(voter -> view.nodes().get(voter))
                .filter(voter -> voter != null)
                .flatMap(voter -> voter.heard().stream())
                .map(NodeView.Heard::at)
                .sorted(Comparator.reverseOrder())
                .toList();
        return voters.members().isEmpty() || reports.size() < voters.majority()
                ? Optional.empty()
                : Optional.of(reports.get(voters.majority() - 1));
    }

    /** For how long a node has shown no sign of life; zero if that cannot be said. */
    static Duration silence(NodeView node, ClusterView view) {
        Optional<Instant> horizon = horizon(view);
        if (horizon.isEmpty()) {
            return Duration.ZERO;
        }
        Duration silence = Duration.between(lastOrKnown(node, view), horizon.get());
        return silence.isNegative() ? Duration.ZERO : silence;
    }

    /** The voters that reported lately. */
    static List<NodeId> heardVoters(ClusterView view) {
        return view.voters().members().stream()
                .filter(voter -> Reports.isHeard(view, voter))
                .toList();
    }
}
