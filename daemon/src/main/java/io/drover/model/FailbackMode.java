package io.drover.model;

/** Which VMs return to a node that is taken back into service. */
public enum FailbackMode {
    /** Those that the drain took away, at once. */
    IMMEDIATE,

    /** Those whose preferred owners rank the node higher than the one they are on. */
    POLICY,

    /** None. */
    NONE
}
