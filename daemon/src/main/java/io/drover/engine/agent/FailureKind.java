package io.drover.engine.agent;

/** Why a hypervisor did not do what it was asked, as far as a node decides by it. */
public enum FailureKind {
    /** Another host has a disk of the guest open: no fault of the VM. */
    STORAGE_LOCKED,

    /** The node's lease ended before the call was made, so that it was not made. */
    NO_LEASE,

    /** Anything else. */
    OTHER
}
