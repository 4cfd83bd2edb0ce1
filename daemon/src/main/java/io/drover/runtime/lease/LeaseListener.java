package io.drover.runtime.lease;

import io.drover.model.LeaseState;

/** Told of what becomes of a lease, on the lease's own thread: it must not block. */
public interface LeaseListener {
    /** The node stands otherwise to its lease. */
    void changed(LeaseState state);

    /** This incarnation is promised nothing more: the node has to join anew. Once for each incarnation. */
    void revoked(long incarnation);

    /** The guard has set the mark that paused guests are held by the lease, or it was cleared. */
    void holdMark(boolean isSet);

    /** A renewal was answered, or not. */
    void renewal(boolean granted);
}
