package io.drover.model;

/** How a VM gets from one node to another. */
public enum MoveKind {
    /** It keeps running; a blackout of milliseconds. */
    LIVE,

    /** Stopped here, started there. */
    RESTART,

    /** Its memory saved here, restored there; stopped and started where the hypervisor cannot. */
    QUICK
}
