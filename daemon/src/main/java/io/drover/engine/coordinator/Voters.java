package io.drover.engine.coordinator;

import io.drover.engine.lease.Drift;
import io.drover.model.FencingState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who votes, and how that changes: one member at a time, each change known before it counts, and the next one a whole
 * lease later, by this coordinator's own count. What the members should be says {@link VoterChoice}.
 *
 * <p>A set is <em>known</em> once no majority of the set before can be found without a voter that has the new one on its
 * disk, and the added member has it too. A voter that has lost its disk grants nothing, so none is found with it.
 *
 * <p>What has been revoked must stay revoked: before a set is stored, no majority of it may be without a voter that has on
 * its disk that the incarnations of all nodes that are gone, or are being fenced, are promised nothing more. Sets that are
 * two changes apart need not share a voter. An added voter is told of them together with the set, so that a disk that is
 * lost in between takes both along.
 *
 * <p>Modelled by {@code io.drover.sim.model.VoterRules}; docs/design/0009-formal-model.md says what breaks without each
 * rule.
 */
public final class Voters {
    private Voters() {}

    /**
     * The next set of voters.
     *
     * @param next what is to be stored
     * @param why what changes and why, in words
     */
    public record Change(VoterSet next, String why) {}

    /**
     * What is to be stored of the voters now; empty if nothing changes.
     *
     * @param view as {@link Takeovers#seen} returned it
     */
    public static Optional<Change> next(ClusterView view) {
        VoterSet voters = view.voters();
        if (voters.known()) {
            return wanted(view).filter(change -> keepsRevocations(change.next(), view));
        }
        return isKnown(view)
                ? Optional.of(new Change(
                        voters.nowKnown(), names(voters.members()) + " vote from now on, version " + voters.version()))
                : Optional.empty();
    }

    /** Stores what is next. */
    static void advance(Draft draft) {
        next(draft.view())
                .ifPresent(change ->
                        draft.put(change.next(), Reason.of(Severity.INFO, Topic.QUORUM, "voters", change.why())));
    }

    /** What has to be asked of voters for the present change, or for the next one. */
    static void duties(ClusterView view, List<FencingDuty> duties) {
        VoterSet voters = view.voters();
        SortedSet<NodeId> untold = new TreeSet<>(voters.members());
        untold.addAll(voters.previous());
        untold.removeIf(node -> hasOnDisk(node, view) || isLost(node, view) || !isThere(node, view));
        if (!untold.isEmpty()) {
            duties.add(new FencingDuty.Announce(voters, revoked(view), untold));
        }
        // Who is gone is promised nothing more, by anybody: also where the proof was another than the voters' word.
        view.nodes().values().stream()
                .map(NodeView::record)
                .filter(NodeStates::isGone)
                .forEach(gone -> revokeAt(voters, gone, view, duties));
        if (voters.known()) {
            wanted(view)
                    .ifPresent(change -> view.nodes().values().stream()
                            .map(NodeView::record)
                            .filter(node -> !keeps(change.next(), node, view))
                            .forEach(node -> revokeAt(change.next(), node, view, duties)));
        }
    }

    /** By node that is gone or being fenced: the incarnation that is promised nothing more. */
    private static SortedMap<NodeId, Long> revoked(ClusterView view) {
        SortedMap<NodeId, Long> revoked = new TreeMap<>();
        view.nodes().values().stream()
                .map(NodeView::record)
                .filter(node -> node.fencing() != FencingState.CLEAR)
                .forEach(node -> revoked.put(node.id(), node.incarnation()));
        return revoked;
    }

    /** The change that is wanted and may come by now, before it is known whether it keeps what has been revoked. */
    private static Optional<Change> wanted(ClusterView view) {
        boolean isBusy =
                view.nodes().values().stream().anyMatch(node -> node.record().fencing() == FencingState.FENCING);
        // A change would begin the count of a node that is being fenced anew.
        return isBusy || !hasRested(view) ? Optional.empty() : VoterChoice.next(view);
    }

    /** Whether every promise that was counted by the set before this one has ended. */
    private static boolean hasRested(ClusterView view) {
        if (view.voters().previous().isEmpty()) {
            return true;
        }
        LeaseTerms lease = view.settings().lease();
        Duration rest = new Drift(lease.driftPpm()).longest(lease.duration()).plus(lease.granularity());
        return view.findings()
                .votersKnownSince()
                .filter(since -> Duration.between(since, view.now()).compareTo(rest) >= 0)
                .isPresent();
    }

    private static boolean isKnown(ClusterView view) {
        VoterSet voters = view.voters();
        SortedSet<NodeId> previous = voters.previous();
        long open = previous.stream()
                .filter(voter -> !hasOnDisk(voter, view) && !isLost(voter, view))
                .count();
        boolean isAddedTold = voters.members().stream()
                .filter(member -> !previous.contains(member))
                .allMatch(member -> hasOnDisk(member, view));
        return isAddedTold && open < previous.size() / 2 + 1;
    }

    /** Whether a voter has told this coordinator that it has the stored set on its disk. */
    static boolean hasOnDisk(NodeId voter, ClusterView view) {
        return view.findings().votersOnDisk().getOrDefault(voter, 0L)
                >= Math.max(1, view.voters().version());
    }

    /** Whether a voter has said that it has lost what it had on its disk. */
    static boolean isLost(NodeId voter, ClusterView view) {
        return view.findings().votersOnDisk().getOrDefault(voter, 1L) == 0 && !isAdded(voter, view.voters());
    }

    private static boolean isAdded(NodeId voter, VoterSet voters) {
        return !voters.known() && !voters.previous().contains(voter);
    }

    private static boolean isThere(NodeId node, ClusterView view) {
        NodeView known = view.nodes().get(node);
        return known != null && !NodeStates.isGone(known.record());
    }

    private static boolean keepsRevocations(VoterSet next, ClusterView view) {
        return view.nodes().values().stream().allMatch(node -> keeps(next, node.record(), view));
    }

    private static boolean keeps(VoterSet next, NodeRecord node, ClusterView view) {
        return node.fencing() == FencingState.CLEAR || open(next, node, view).size() < next.majority();
    }

    /** Who of a set has not said that it promises nothing more to a node. */
    private static SortedSet<NodeId> open(VoterSet next, NodeRecord node, ClusterView view) {
        SortedSet<NodeId> open = new TreeSet<>(next.members());
        open.removeIf(voter -> view.findings().isRevoked(voter, node.id(), node.incarnation()));
        return open;
    }

    private static void revokeAt(VoterSet voters, NodeRecord node, ClusterView view, List<FencingDuty> duties) {
        SortedSet<NodeId> open = open(voters, node, view);
        open.removeIf(voter -> !isThere(voter, view));
        if (!open.isEmpty()) {
            duties.add(new FencingDuty.Revoke(node.id(), node.incarnation(), open));
        }
    }

    static String names(SortedSet<NodeId> nodes) {
        return nodes.isEmpty() ? "nobody" : nodes.stream().map(NodeId::value).collect(Collectors.joining(", "));
    }
}
