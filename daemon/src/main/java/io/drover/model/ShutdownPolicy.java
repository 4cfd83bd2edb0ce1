package io.drover.model;

/** What becomes of a node's VMs when its host shuts down or reboots. */
public enum ShutdownPolicy {
    /** They are moved away first, and come back after a reboot. */
    DRAIN,

    /** They are shut down where they are, and start there again when the host returns; nobody else gets them meanwhile. */
    FREEZE,

    /** They are shut down where they are, and started on other nodes. */
    FAILOVER
}
