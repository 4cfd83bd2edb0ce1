package io.drover.sim.shell;

/** A guard that can be left out, to see that the simulator notices. None of them exists outside of it. */
public enum Defect {
    /** A voter that has restarted answers as if it had never promised anything. */
    NO_WAIT_AFTER_VOTER_RESTART("leases"),
    /** A node counts by the set of voters that it knew first, and voters let it. */
    COUNT_BY_OLD_VOTERS("leases"),
    /** A revocation is answered before it is on the voter's disk. */
    REVOCATION_NOT_ON_DISK("leases"),
    /** A node counts a promise from the moment of its answer. */
    COUNT_FROM_ANSWER("leases"),
    /** A coordinator's writes are not conditional on its epoch. */
    NO_EPOCH_CHECK("zookeeper"),
    /** A fencing device's "done" counts as off. */
    TRUST_ACKNOWLEDGED_OFF("fencing"),
    /** Guests are started and resumed whether the lease is held or not. */
    START_WITHOUT_LEASE("leases");

    private final String profile;

    Defect(String profile) {
        this.profile = profile;
    }

    /** The profile whose histories meet it soonest. */
    public String profile() {
        return profile;
    }
}
