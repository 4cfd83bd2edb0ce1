package io.drover.model;

/** How a node stands to its lease. */
public enum LeaseState {
    /** It holds one and may execute VMs. */
    HELD,

    /** The end is near: VMs are paused, nothing is started or taken in. */
    ENDING,

    /** It holds none: nothing may execute. */
    NONE,

    /** It has held none for so long that the paused copies are turned off. */
    GIVEN_UP
}
