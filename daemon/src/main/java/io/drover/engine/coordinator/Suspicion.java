package io.drover.engine.coordinator;

import io.drover.model.FailoverPolicy;
import io.drover.model.FencingState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A node that may be dead: a reason to look for the proof, never one itself.
 *
 * @param node which node
 * @param why what has not been seen, and for how long, in words; goes after the node's name
 */
public record Suspicion(NodeId node, String why) {
    /**
     * Why a node is suspected; empty if it is not. Suspected is who has shown no sign of life for {@code suspectAfter},
     * or for two renewals while its fencing device says that it has no power. A node that has not been heard of in its
     * present incarnation yet, by report or by renewal, has one lease to be so. So a coordinator that has just taken over
     * suspects as soon as a majority of the voters has told it when each node renewed last. It does not suspect its own
     * node.
     */
    public static Optional<Suspicion> of(NodeView node, ClusterView view) {
        boolean isSelf = view.findings().self().equals(Optional.of(node.id()));
        if (isSelf || !isMember(node) || node.record().fencing() != FencingState.CLEAR) {
            return Optional.empty();
        }
        Duration limit = view.settings().failover().suspectAfter();
        boolean isOff = isOff(node, view);
        Duration least = isOff ? patience(view) : limit;
        boolean hasReported = SignsOfLife.lastReport(node)
                .filter(at -> Duration.between(at, view.now()).compareTo(least) < 0)
                .isPresent();
        if (hasReported) {
            // Nearly always so: the renewals need not be looked through.
            return Optional.empty();
        }
        Duration silence = SignsOfLife.silence(node, view);
        if (isOff && silence.compareTo(least) >= 0) {
            return Optional.of(
                    new Suspicion(node.id(), "its fencing device says that it has no power, and " + text(node, view)));
        }
        Duration wait = SignsOfLife.last(node, view).isPresent()
                ? limit
                : longer(limit, view.settings().lease().duration());
        return silence.compareTo(wait) >= 0
                ? Optional.of(new Suspicion(node.id(), text(node, view)))
                : Optional.empty();
    }

    /** All that are suspected, by name. */
    public static List<Suspicion> all(ClusterView view) {
        List<Suspicion> all = new ArrayList<>();
        view.nodes().values().forEach(node -> of(node, view).ifPresent(all::add));
        return all;
    }

    /** Why nobody is fenced now, whoever is suspected; empty if suspicions are acted upon. */
    public static Optional<String> hindrance(ClusterView view) {
        FailoverPolicy policy = view.settings().failover();
        if (!policy.isArmed(view.now())) {
            return Optional.of("automatic action is disarmed"
                    + (policy.disarmReason().isEmpty() ? "" : " (" + policy.disarmReason() + ")"));
        }
        int heard = SignsOfLife.heardVoters(view).size();
        if (view.voters().members().isEmpty() || heard < view.voters().majority()) {
            return Optional.of("the coordinator hears " + heard + " of "
                    + view.voters().members().size() + " voters (needed: "
                    + view.voters().majority() + "), so it may be the one that is cut off");
        }
        return storm(view);
    }

    /** Many nodes that vanish at once are more likely to be right than the coordinator that misses them. */
    private static Optional<String> storm(ClusterView view) {
        List<NodeView> living = view.nodes().values().stream()
                .filter(Suspicion::isMember)
                .filter(node -> node.record().fencing() == FencingState.CLEAR
                        || node.record().fencing() == FencingState.FENCING)
                .toList();
        long lost = living.stream()
                .filter(node -> node.record().fencing() == FencingState.FENCING
                        || of(node, view).isPresent())
                .count();
        // Of two nodes one may be fenced: which of them has the votes has been looked at before.
        int most = Math.max(1, (living.size() - 1) / 2);
        return lost > most
                ? Optional.of(lost + " of " + living.size() + " nodes are out of contact at once, more than the " + most
                        + " that are fenced together")
                : Optional.empty();
    }

    /** Two renewals. */
    static Duration patience(ClusterView view) {
        LeaseTerms lease = view.settings().lease();
        return lease.renewEvery().multipliedBy(2);
    }

    private static boolean isMember(NodeView node) {
        return node.record().incarnation() > 0;
    }

    /** Whether a node's device has said off since the node's last sign of life. */
    private static boolean isOff(NodeView node, ClusterView view) {
        Takeover.Power power = view.findings().powers().get(node.id());
        return power != null
                && power.state() == Takeover.Power.State.OFF
                && power.at().isAfter(SignsOfLife.lastOrKnown(node, view));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** What has not been seen, with figures. */
    private static String text(NodeView node, ClusterView view) {
        String voters = SignsOfLife.heardVoters(view).stream()
                .filter(voter -> !voter.equals(node.id()))
                .map(NodeId::value)
                .collect(Collectors.joining(", "));
        return "no report for " + age(SignsOfLife.lastReport(node), node, view) + " and no renewal seen by "
                + (voters.isEmpty() ? "any voter" : voters) + " for "
                + age(SignsOfLife.lastRenewal(node, view), node, view);
    }

    private static String age(Optional<Instant> last, NodeView node, ClusterView view) {
        Instant from = last.orElse(
                Operations.later(view.since(), view.findings().knownSince().getOrDefault(node.id(), view.since())));
        return seconds(Duration.between(from, view.now()));
    }

    /** A length in seconds with one decimal. */
    static String seconds(Duration length) {
        long tenths = Math.max(0, length.toMillis() + 50) / 100;
        return tenths / 10 + "." + tenths % 10 + " s";
    }
}
