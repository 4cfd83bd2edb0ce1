package io.drover.sim.shell;

/** A guard that can be left out, to see that the simulator notices. None of them exists outside of it. */
public enum Defect {
    // ---- voters
    /** A voter that has restarted answers as if it had never promised anything. */
    NO_WAIT_AFTER_VOTER_RESTART("disks"),
    /** A voter that has restarted has forgotten what it has revoked. */
    REVOCATIONS_FORGOTTEN_ON_RESTART("disks"),
    /** A revocation is answered before it is on the voter's disk. */
    REVOCATION_NOT_ON_DISK("disks"),
    /** A voter says that none of its promises lives any more. */
    PROMISES_DENIED("voters"),
    /** A voter promises although it has revoked. */
    REVOCATION_IGNORED("voters"),
    /** A new set of voters counts before a majority of the old one has it on disk. */
    VOTERS_COUNT_UNTOLD("voters"),
    /** The set of voters changes again while promises may live that were counted by the one before. */
    VOTERS_CHANGE_AT_ONCE("voters"),
    /** A voter that is added is not told what has been revoked. */
    ADDED_VOTER_NOT_TOLD_REVOCATIONS("voters"),

    // ---- the holder of a lease
    /** A node counts by the set of voters that it knew first, and voters let it. */
    COUNT_BY_OLD_VOTERS("voters"),
    /** A node counts a promise from the moment of its answer. */
    COUNT_FROM_ANSWER("leases"),
    /** One voter's promise is a lease. */
    LEASE_BY_ONE_VOTER("leases"),
    /** A node that joins takes itself to hold a lease. */
    LEASE_ASSUMED_AT_START("leases"),
    /** Guests are started and resumed although the lease has ended since that was decided. */
    START_WITHOUT_LEASE("freezes"),
    /** Nobody acts for an agent that hangs. */
    NO_GUARD("freezes"),
    /** What the guard holds is written down when a node joins, and not added to. */
    GUARD_BY_AN_OLD_LIST("freezes"),
    /** Hypervisors start guests by themselves after a boot. */
    STARTED_BY_ITSELF_AFTER_BOOT("crashes"),

    // ---- the proof
    /** A node that is suspected is written down as fenced. */
    SUSPECTED_IS_FENCED("partitions"),
    /** A VM is taken from a node that is being fenced, before that is proved. */
    TAKEN_BEFORE_PROOF("partitions"),
    /** One voter's word is the proof. */
    PROOF_BY_ONE_VOTER("voters"),
    /** A fencing device's "done" counts as off. */
    TRUST_ACKNOWLEDGED_OFF("fencing"),
    /** A fencing device that does not answer counts as off. */
    SILENT_DEVICE_IS_OFF("fencing"),

    // ---- records
    /** A coordinator's writes are not conditional on its epoch. */
    NO_EPOCH_CHECK("zookeeper"),
    /** A coordinator's writes are not conditional on the versions of records. */
    NO_VERSION_CHECK_BY_COORDINATOR("zookeeper"),
    /** An agent's writes are not conditional on the versions of records. */
    NO_VERSION_CHECK_BY_AGENT("leases"),
    /** A guest is started by an assignment that has been seen, whatever becomes of its claim. */
    START_BEFORE_CLAIM("leases"),
    /** A write whose answer was lost counts as stored. */
    LOST_ANSWER_IS_STORED("zookeeper"),

    // ---- migrations
    /** A VM whose source is gone is given away although its target may have it. */
    PAIR_TAKEN_WITH_ONE_GONE("handovers"),
    /** A source lets the guest go on when the stream breaks after it has handed over. */
    SOURCE_RESUMES_BY_ITSELF("handovers"),
    /** A target lets the guest run before the source has handed over. */
    TARGET_RESUMES_BEFORE_HAND_OVER("handovers"),
    /** A source lets the guest go on before its taking back is stored. */
    TAKE_BACK_BEFORE_COMMIT("handovers"),
    /** A target that may have run the guest says that it has not. */
    LOST_IS_SAID_TO_HAVE_FAILED("handovers"),

    // ---- liveness
    /** A process that begins does not know that the lease has paused its guests. */
    HOLD_MARK_FORGOTTEN("leases");

    private final String profile;

    Defect(String profile) {
        this.profile = profile;
    }

    /** The profile whose histories meet it soonest. */
    public String profile() {
        return profile;
    }
}
