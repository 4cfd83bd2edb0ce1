package io.drover.engine.migration;

/** Something that a session has its hypervisor do to the guest. At most one is under way, except a cancel. */
public enum GuestAct {
    /** Begin to send it. */
    SEND,
    /** Make ready to receive it. */
    RECEIVE,
    /** Let it execute here. */
    RESUME,
    /** Destroy the copy that does not execute here and is not needed any more. */
    FORGET,
    /** Destroy what has been received. */
    DISCARD,
    /** End a sending that nobody leads any more. */
    ABANDON,
    /** Make it stop executing here, at once. */
    TURN_OFF,
    /** See what state it is in. */
    LOOK
}
