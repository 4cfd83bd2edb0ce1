package io.drover.model;

/** What an operator asked for, or the cluster for itself. */
public enum OperationKind {
    /** Pause a node and empty it. */
    DRAIN,

    /** Take a node back and return VMs to it. */
    RESUME,

    /** Empty a node as far as the others can hold its VMs, without pausing it. */
    EVACUATE,

    /** Move one VM. */
    MIGRATE,

    /** Start one VM. */
    START,

    /** Stop one VM. */
    STOP
}
