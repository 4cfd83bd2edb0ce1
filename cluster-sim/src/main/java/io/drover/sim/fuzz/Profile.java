package io.drover.sim.fuzz;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which troubles histories may have. Of those, each seed switches a random part on, so that what hides behind one fault is
 * found by a history that does not have it.
 */
public enum Profile {
    /** Everything. */
    SWARM(EnumSet.allOf(Trouble.class)),

    /** Hosts and processes that die. */
    CRASHES(EnumSet.of(
            Trouble.POWER, Trouble.KILL, Trouble.RESTART, Trouble.REBOOT, Trouble.GUEST_CRASH, Trouble.MIGRATE)),

    /** Networks that fall apart. */
    PARTITIONS(EnumSet.of(
            Trouble.NETWORK,
            Trouble.PARTITION,
            Trouble.LINK,
            Trouble.ONE_WAY,
            Trouble.BAD_NETWORK,
            Trouble.MIGRATE,
            Trouble.RESTART)),

    /** Processes that stand still and wake up. */
    FREEZES(EnumSet.of(
            Trouble.FREEZE,
            Trouble.FREEZE_BEFORE_CALL,
            Trouble.HANG_CALL,
            Trouble.POWER,
            Trouble.NETWORK,
            Trouble.STORE_LINK,
            Trouble.MIGRATE,
            Trouble.START_STOP)),

    /** A coordination service that misbehaves. */
    ZOOKEEPER(EnumSet.of(
            Trouble.SERVER,
            Trouble.ENSEMBLE,
            Trouble.LEADER_CHANGE,
            Trouble.EXPIRE_SESSION,
            Trouble.BAD_ZOOKEEPER,
            Trouble.STORE_LINK,
            Trouble.PARTITION,
            Trouble.FREEZE_BEFORE_WRITE,
            Trouble.MIGRATE,
            Trouble.POWER)),

    /** Hypervisors and storage that misbehave. */
    HOSTS(EnumSet.of(
            Trouble.BAD_HYPERVISOR,
            Trouble.STORAGE,
            Trouble.GUEST_FAULT,
            Trouble.GUEST_CRASH,
            Trouble.POWER,
            Trouble.MIGRATE,
            Trouble.DRAIN)),

    /** Fencing devices, and nodes that have to be fenced. */
    FENCING(EnumSet.of(
            Trouble.DEVICE,
            Trouble.POWER,
            Trouble.NETWORK,
            Trouble.STORE_LINK,
            Trouble.FREEZE,
            Trouble.KILL,
            Trouble.FENCE)),

    /** Leases, voters and their disks. */
    LEASES(EnumSet.of(
            Trouble.NETWORK,
            Trouble.PARTITION,
            Trouble.LINK,
            Trouble.RESTART,
            Trouble.KILL,
            Trouble.WIPE_DISK,
            Trouble.CLOCK,
            Trouble.POWER,
            Trouble.FREEZE,
            Trouble.BAD_NETWORK,
            Trouble.ONE_WAY)),

    /** Nodes that are fenced while they renew, by voters that forget, are started anew, or change. */
    VOTERS(EnumSet.of(
            Trouble.FENCE,
            Trouble.STORE_LINK,
            Trouble.RESTART_MANY,
            Trouble.RESTART,
            Trouble.POWER,
            Trouble.PARTITION,
            Trouble.WIPE_DISK,
            Trouble.SHUT_OUT,
            Trouble.VOTE,
            Trouble.AMBUSH)),

    /** Voters that are started anew while they write down what they are told. */
    DISKS(EnumSet.of(Trouble.FENCE, Trouble.STORE_LINK, Trouble.RESTART_MANY, Trouble.SLOW_DISKS, Trouble.SHUT_OUT)),

    /** Much planned work, and failures in the middle of it. */
    MOVES(EnumSet.of(
            Trouble.MIGRATE,
            Trouble.DRAIN,
            Trouble.START_STOP,
            Trouble.RESTART,
            Trouble.POWER,
            Trouble.NETWORK,
            Trouble.LINK,
            Trouble.REBOOT,
            Trouble.DISARM,
            Trouble.GUEST_FAULT)),

    /** Moves that are disturbed at every point. */
    HANDOVERS(EnumSet.of(
            Trouble.MIGRATE,
            Trouble.DRAIN,
            Trouble.AMBUSH,
            Trouble.SEVERED_MOVE,
            Trouble.BAD_NETWORK,
            Trouble.BAD_HYPERVISOR,
            Trouble.STORE_LINK));

    @SuppressWarnings("ImmutableEnumChecker") // never changed, and never handed out but as a copy
    private final EnumSet<Trouble> troubles;

    Profile(EnumSet<Trouble> troubles) {
        this.troubles = troubles;
    }

    Set<Trouble> troubles() {
        return EnumSet.copyOf(troubles);
    }
}
