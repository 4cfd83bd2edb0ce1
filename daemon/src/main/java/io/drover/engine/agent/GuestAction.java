package io.drover.engine.agent;

/** Something that a node has its hypervisor do to a guest's execution. */
public enum GuestAction {
    /** Hold it, its memory in place. */
    PAUSE,

    /** Let it go on. */
    RESUME,

    /** Write its memory to its storage and end it. */
    SAVE,

    /** Bring it back from its saved memory and let it go on. */
    RESTORE
}
