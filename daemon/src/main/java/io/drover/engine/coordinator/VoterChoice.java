package io.drover.engine.coordinator;

import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VoterSet;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Chooses who should vote: the nodes whose records wish it, at most {@link #MOST}. A member that is proved gone gives its
 * place to a living node, whatever that one's record wishes, if there is one; otherwise it keeps it as long as nothing
 * is gained by dropping it. A member that has lost its disk is removed, and comes back as a new voter. Nobody is added or
 * removed if the set that remains would lack a majority that lives and remembers.
 */
final class VoterChoice {
    /** Voters at most: more of them make renewals slower, and no more failures are survived that a cluster is likely to. */
    static final int MOST = 5;

    private VoterChoice() {}

    /** The next change of the present set, by one member; empty if it is as it should be. */
    static Optional<Voters.Change> next(ClusterView view) {
        VoterSet voters = view.voters();
        Optional<NodeId> lost = member(view, node -> Voters.isLost(node, view) && isAlive(node, view));
        if (lost.isPresent()) {
            return without(view, lost.get(), "has lost what it had on disk as a voter");
        }
        Optional<NodeId> unknown = member(view, node -> !view.nodes().containsKey(node));
        if (unknown.isPresent()) {
            return without(view, unknown.get(), "is not a node of the cluster any more");
        }
        int size = voters.members().size();
        int wanted = wanted(view);
        if (size > wanted) {
            return surplus(view);
        }
        Optional<NodeId> candidate = candidate(view);
        if (candidate.isEmpty()) {
            return fewer(view);
        } else if (size < wanted) {
            return with(view, candidate.get());
        }
        return replacement(view, candidate.get());
    }

    /** How many voters there should be. */
    static int wanted(ClusterView view) {
        long wishing = view.nodes().values().stream()
                .map(NodeView::record)
                .filter(record -> record.voter() && record.incarnation() > 0)
                .count();
        return (int) Math.min(MOST, wishing);
    }

    /** The set is full: a living node comes in where a dead one was, and one that wishes to vote for one that does not. */
    private static Optional<Voters.Change> replacement(ClusterView view, NodeId candidate) {
        Optional<NodeId> dead = member(view, node -> isDead(node, view));
        if (dead.isPresent()) {
            return without(view, dead.get(), "is down; " + candidate + " votes in its place");
        }
        boolean isStandIn = wishes(candidate, view)
                && member(view, node -> !wishes(node, view)).isPresent();
        return isStandIn ? with(view, candidate) : Optional.empty();
    }

    /** Without the dead fewer have to answer: of four voters with one dead, or five with two, the dead are dropped. */
    private static Optional<Voters.Change> fewer(ClusterView view) {
        VoterSet voters = view.voters();
        long dead = voters.members().stream().filter(node -> isDead(node, view)).count();
        boolean isGain = dead > 1 || (dead == 1 && voters.members().size() % 2 == 0);
        return isGain
                ? member(view, node -> isDead(node, view)).flatMap(node -> without(view, node, "is down"))
                : Optional.empty();
    }

    private static Optional<Voters.Change> surplus(ClusterView view) {
        Optional<NodeId> leaving = member(view, node -> !wishes(node, view) && isDead(node, view))
                .or(() -> member(view, node -> !wishes(node, view)))
                .or(() -> member(view, node -> isDead(node, view)));
        return leaving.flatMap(node -> without(view, node, "is not wanted as a voter any more"));
    }

    /** A living node that does not vote: best one that wishes to. */
    private static Optional<NodeId> candidate(ClusterView view) {
        Optional<NodeId> wishing = outsider(view, node -> wishes(node, view));
        return wishing.or(() -> view.voters().members().isEmpty() ? Optional.empty() : outsider(view, node -> true));
    }

    private static Optional<NodeId> outsider(ClusterView view, Predicate<NodeId> kind) {
        return view.nodes().keySet().stream()
                .filter(node -> !view.voters().members().contains(node))
                .filter(node -> isAlive(node, view) && kind.test(node))
                .findFirst();
    }

    private static Optional<NodeId> member(ClusterView view, Predicate<NodeId> kind) {
        return view.voters().members().stream().filter(kind).findFirst();
    }

    private static boolean wishes(NodeId node, ClusterView view) {
        return Optional.ofNullable(view.nodes().get(node))
                .filter(known -> known.record().voter())
                .isPresent();
    }

    private static boolean isDead(NodeId node, ClusterView view) {
        return Optional.ofNullable(view.nodes().get(node))
                .filter(known -> NodeStates.isGone(known.record()))
                .isPresent();
    }

    static boolean isAlive(NodeId node, ClusterView view) {
        NodeView known = view.nodes().get(node);
        if (known == null) {
            return false;
        }
        NodeRecord record = known.record();
        return record.fencing() == FencingState.CLEAR && NodeStates.isHeard(known, view.now());
    }

    private static Optional<Voters.Change> with(ClusterView view, NodeId node) {
        VoterSet next = view.voters().with(node);
        return checked(view, next, node + " becomes a voter: " + Voters.names(next.members()));
    }

    private static Optional<Voters.Change> without(ClusterView view, NodeId node, String why) {
        VoterSet next = view.voters().without(node);
        return checked(view, next, node + " votes no more, it " + why + ": " + Voters.names(next.members()));
    }

    /** Who may have lost its disk does not count as somebody to rely upon: a set of such voters could never change again. */
    private static Optional<Voters.Change> checked(ClusterView view, VoterSet next, String why) {
        long sure = next.members().stream()
                .filter(node -> isAlive(node, view))
                .filter(node -> !view.voters().members().contains(node) || Voters.hasOnDisk(node, view))
                .count();
        return sure >= next.majority() ? Optional.of(new Voters.Change(next, why)) : Optional.empty();
    }
}
