package io.drover.model;

/** How far the last drain of a node has come. */
public enum DrainStatus {
    /** No drain since the node was last resumed. */
    NOT_INITIATED,

    /** VMs are leaving. */
    IN_PROGRESS,

    /** The node owns nothing. */
    COMPLETED,

    /** Something is left; the operation says what and why. */
    FAILED
}
