package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Something that the coordinator has to ask of voters and fencing devices. Asked for again in every round until its
 * answer has come, so the shell limits its rate and drops what is lost; answers go to {@link Takeovers}.
 */
public sealed interface FencingDuty {
    /**
     * Have voters promise nothing more to an incarnation of a node; {@link Takeovers#revoked} takes the answers.
     *
     * @param node whose lease
     * @param incarnation up to which
     * @param voters who have not answered yet
     */
    record Revoke(NodeId node, long incarnation, SortedSet<NodeId> voters) implements FencingDuty {
        /** Copies the set. */
        public Revoke {
            voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
        }
    }

    /** Ask a node's fencing device for the node's power: changes nothing; {@link Takeovers#power} takes the answer. */
    record AskPower(NodeId node) implements FencingDuty {}

    /** Have a node's fencing device switch it off; {@link Takeovers#offSent} is told once the command has gone out. */
    record SwitchOff(NodeId node) implements FencingDuty {}

    /**
     * Tell voters of the set of voters, which they put on disk; {@link Takeovers#announced} takes the answers.
     *
     * @param voters the stored set
     * @param revoked by node: the incarnation to which nothing is to be promised any more
     * @param nodes who have not answered yet
     */
    record Announce(VoterSet voters, SortedMap<NodeId, Long> revoked, SortedSet<NodeId> nodes) implements FencingDuty {
        /** Copies the map and the set. */
        public Announce {
            revoked = Collections.unmodifiableSortedMap(new TreeMap<>(revoked));
            nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
        }
    }
}
