package io.drover.sim.fuzz;

/** A class of faults or commands that a history may have. */
enum Trouble {
    /** A host loses its power and gets it back. */
    POWER,
    /** A host is cut off. */
    NETWORK,
    /** The hosts fall into two groups. */
    PARTITION,
    /** One direction between two hosts is cut. */
    LINK,
    /** One direction between a host and all others is cut. */
    ONE_WAY,
    /** A host does not reach the coordination service, but everybody else. */
    STORE_LINK,
    /** An agent dies and is started later. */
    KILL,
    /** An agent is started anew. */
    RESTART,
    /** An agent is frozen for a while. */
    FREEZE,
    /** An agent is frozen just before it calls its hypervisor. */
    FREEZE_BEFORE_CALL,
    /** A coordinator is frozen, for longer than its session lives, between a decision and its write. */
    FREEZE_BEFORE_WRITE,
    /** A node that was fenced while it was cut off comes back to voters that were started anew or are others by now. */
    SHUT_OUT,
    /** Of a move, the source dies, and the target does not reach the coordination service. */
    SEVERED_MOVE,
    /** A call of the hypervisor takes effect much later. */
    HANG_CALL,
    /** Many agents are started anew at the same time. */
    RESTART_MANY,
    /** Something happens as soon as the cluster comes to a delicate point. */
    AMBUSH,
    /** A ZooKeeper server stops for a while. */
    SERVER,
    /** All ZooKeeper servers stop for a while. */
    ENSEMBLE,
    /** ZooKeeper's leader changes. */
    LEADER_CHANGE,
    /** A session ends. */
    EXPIRE_SESSION,
    /** A host loses the storage. */
    STORAGE,
    /** Disks of agents take their time. */
    SLOW_DISKS,
    /** An agent is started anew on an empty disk. */
    WIPE_DISK,
    /** A fencing device misbehaves. */
    DEVICE,
    /** A clock drifts. */
    CLOCK,
    /** A guest crashes. */
    GUEST_CRASH,
    /** A host reboots in good order. */
    REBOOT,
    /** Guests do not start, do not migrate, do not stop. */
    GUEST_FAULT,
    /** VMs are moved, and moves cancelled. */
    MIGRATE,
    /** Nodes are drained and resumed, or evacuated. */
    DRAIN,
    /** VMs are started and stopped. */
    START_STOP,
    /** Nodes are fenced on purpose, or confirmed dead when they are. */
    FENCE,
    /** Operators have other nodes vote. */
    VOTE,
    /** The cluster is disarmed and armed. */
    DISARM,
    /** Messages are lost, doubled, late. */
    BAD_NETWORK,
    /** Calls of the hypervisor fail or hang. */
    BAD_HYPERVISOR,
    /** ZooKeeper servers lag. */
    BAD_ZOOKEEPER
}
