package io.drover.coordination;

import io.drover.model.LiveNode;
import io.drover.model.NodeRecord;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;

/** This node's place among the live ones. */
public interface Membership extends AutoCloseable {
    /**
     * Joins anew: the node's record gets its next incarnation (it is created if there is none), and an ephemeral
     * record announces the node. When a session ends while the process lives, the ephemeral record is made again with
     * the same incarnation, in a transaction that checks that the node's record still has it; if it has not, the
     * listener is told.
     *
     * @param announcement what to announce, from the incarnation
     * @param listener told when the node is not a member any more
     * @return the node's record after joining
     */
    CompletionStage<NodeRecord> join(NodeRecord ifNew, LongFunction<LiveNode> announcement, Listener listener);

    /** Leaves: the ephemeral record goes at once. */
    @Override
    void close();

    /** Told of the end of a membership. */
    interface Listener {
        /** The record has another incarnation, or is fenced: this process must not act for the node any more. */
        void superseded(String why);
    }
}
