package io.drover.model;

/** How a VM gets from one node to another. */
public enum MoveKind {
    /** It keeps running; a blackout of milliseconds. */
    LIVE,

    /** Stopped here, started there. */
    RESTART,

    /** Meant to be saved here and restored there; stopped and started while no hypervisor can. */
    QUICK
}
