package io.drover.model;

/** What a node's hypervisor says of one guest. */
public enum GuestState {
    /** It executes. */
    RUNNING,

    /** It is held, and would execute on resume. */
    PAUSED,

    /** Defined, no process. */
    OFF,

    /** Its memory is on disk. */
    SAVED,

    /** It receives its state from another node; that is not complete. */
    INCOMING,

    /** All of its state is here; it waits for the right to run. */
    ARRIVED,

    /** Its state has gone to another node; it would execute again only if resumed. */
    DEPARTED;

    /** Whether the guest executes instructions now. */
    public boolean isExecuting() {
        return this == RUNNING;
    }
}
