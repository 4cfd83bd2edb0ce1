package io.drover.sim.model;

/** A part of the world or of the protocol that a configuration includes. */
public enum Feature {
    /** A request for a promise takes time, and may be granted late. Without it: granted at once, or lost. */
    LATE_REQUESTS,
    /** The answer to it takes time. Without it: there at once, or lost. */
    LATE_ANSWERS,
    /** Voters restart, forgetting what they promised. */
    VOTER_RESTART,
    /** The first voter loses its disk, any number of times, and with it what it revoked. */
    LOST_DISK,
    /** The set of voters changes. */
    VOTER_CHANGE,
    /** An agent takes any time between checking what it may do and doing it: so does a frozen one that wakes up. */
    SLOW_AGENT,
    /** A node that was fenced, or whose agent has died, joins anew. Without it, its first incarnation is its last. */
    REJOIN,
    /** Agents die, and are started again by their host; guests live on. */
    AGENT_RESTART,
    /** Hosts lose power, and boot again. */
    REBOOT,
    /** Nodes have fencing devices. */
    DEVICE,
    /** The VMs of a node that is fenced are assigned to others. */
    FAILOVER,
    /** VMs migrate. */
    MIGRATION,
    /** A coordinator's write may be carried out long after it was decided. */
    LATE_WRITES
}
