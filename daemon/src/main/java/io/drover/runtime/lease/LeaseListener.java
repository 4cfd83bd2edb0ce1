package io.drover.runtime.lease;

import io.drover.metrics.LeaseMetrics.Answer;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import java.time.Duration;

/** Told of what becomes of a lease, on the lease's own thread: it must not block. By itself it does nothing. */
public interface LeaseListener {
    /** The node stands otherwise to its lease. */
    default void changed(LeaseState state) {}

    /** This incarnation is promised nothing more: the node has to join anew. Once for each incarnation. */
    default void revoked(long incarnation) {}

    /** The guard has set the mark that paused guests are held by the lease, or it was cleared. */
    default void holdMark(boolean isSet) {}

    /** A voter was asked for a promise. */
    default void asked(NodeId voter, Answer answer) {}

    /**
     * A majority has renewed the lease.
     *
     * @param before what was left of it until then; negative if it had ended
     */
    default void renewed(Duration before) {}
}
