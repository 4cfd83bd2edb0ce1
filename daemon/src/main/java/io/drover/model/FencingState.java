package io.drover.model;

/** Whether a node's incarnation may still execute VMs. */
public enum FencingState {
    /** It may. */
    CLEAR,

    /** A proof that it does not is being sought; it is granted nothing any more. */
    FENCING,

    /** It is proved that it does not. */
    FENCED,

    /** It stopped by itself, owning nothing; it comes back with its next incarnation. */
    LEFT
}
