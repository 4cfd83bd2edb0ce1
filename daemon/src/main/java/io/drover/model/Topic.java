package io.drover.model;

/** What a reason is about. */
public enum Topic {
    /** A node's state. */
    NODE,

    /** A VM's state or owner. */
    VM,

    /** A drain or resume. */
    DRAIN,

    /** A move. */
    MIGRATION,

    /** A node that is emptied because it is ill. */
    EVACUATION,

    /** Who coordinates. */
    LEADERSHIP,

    /** Something an operator asked for. */
    OPERATION,

    /** A probe. */
    HEALTH,

    /** The proof that a node executes nothing. */
    FENCING,

    /** Voters and leases. */
    QUORUM
}
