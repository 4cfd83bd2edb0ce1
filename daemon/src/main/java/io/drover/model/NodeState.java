package io.drover.model;

/** What the coordinator takes a node for. */
public enum NodeState {
    /** Has a session but has not reported yet. */
    JOINING,

    /** Works and may be given VMs. */
    UP,

    /** Works, is given nothing new. */
    PAUSED,

    /** Out of contact; its VMs are left alone and count as unmonitored. */
    ISOLATED,

    /** Came and went too often; may not own VMs for a while. */
    QUARANTINED,

    /** Proved to execute nothing. */
    DOWN
}
