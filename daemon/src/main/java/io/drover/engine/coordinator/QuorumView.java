package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.NodeState;
import io.drover.model.VoterSet;
import java.util.List;
import java.util.Optional;

/**
 * Which failure would stop the cluster now.
 *
 * @param voters who votes, by name
 * @param version of the set of voters; 0: there is none yet
 * @param known whether a majority of the set before has this one on disk
 * @param majority how many must answer
 * @param alive how many of them are alive
 * @param spare how many more may fail; negative: there is no quorum
 * @param text the answer in one sentence
 * @param change what is about to change, in words; empty if nothing is
 */
public record QuorumView(
        List<Voter> voters,
        long version,
        boolean known,
        int majority,
        int alive,
        int spare,
        String text,
        Optional<String> change) {
    /**
     * One voter.
     *
     * @param node its name
     * @param witness whether it runs no VMs
     * @param alive whether it answers
     * @param why why it does not; empty if it does
     */
    public record Voter(NodeId node, boolean witness, boolean alive, String why) {}

    /** Copies the list. */
    public QuorumView {
        voters = List.copyOf(voters);
    }

    /** Of everything known. */
    public static QuorumView of(ClusterView view) {
        VoterSet set = view.voters();
        List<Voter> voters =
                set.members().stream().map(member -> voter(member, view)).toList();
        int alive = (int) voters.stream().filter(Voter::alive).count();
        int spare = alive - set.majority();
        Optional<String> change = set.version() > 0 && !set.known()
                ? Optional.of("version " + set.version() + " is being made known to the voters")
                : Voters.next(view).map(Voters.Change::why);
        return new QuorumView(
                voters, set.version(), set.known(), set.majority(), alive, spare, text(voters, set, spare), change);
    }

    /**
     * Whether the failures that there are have used up what the set can bear. A set that is as small as the cluster is
     * not at risk: while a cluster forms, its voters are added one by one.
     */
    public boolean isAtRisk() {
        return spare < 0 || (spare == 0 && !silent(voters).isEmpty());
    }

    private static Voter voter(NodeId member, ClusterView view) {
        NodeView node = view.nodes().get(member);
        if (node == null) {
            return new Voter(member, false, false, "is not a node of the cluster any more");
        }
        boolean witness = node.record().witness();
        if (NodeStates.isHeard(node, view.now())) {
            return new Voter(member, witness, true, "");
        }
        boolean isDown = NodeStates.of(node, view) == NodeState.DOWN;
        return new Voter(member, witness, false, isDown ? "is down" : "does not report");
    }

    private static String text(List<Voter> voters, VoterSet set, int spare) {
        if (set.members().isEmpty()) {
            return "there are no voters yet: no node holds a lease, and none can be failed over";
        }
        String figures = voters.size() - silent(voters).size() + " of " + voters.size() + " voters answer, "
                + set.majority() + " are needed";
        if (spare < 0) {
            return "there is no quorum: " + figures + "; bring back " + -spare + " of " + silent(voters);
        }
        if (spare == 0) {
            List<NodeId> alive =
                    voters.stream().filter(Voter::alive).map(Voter::node).toList();
            return figures + ": the loss of any one of " + alive + " stops the cluster";
        }
        return figures + ": " + spare
                + (spare == 1 ? " more may fail" : " more may fail, one after the other or together");
    }

    private static List<NodeId> silent(List<Voter> voters) {
        return voters.stream().filter(voter -> !voter.alive()).map(Voter::node).toList();
    }
}
