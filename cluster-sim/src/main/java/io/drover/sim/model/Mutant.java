package io.drover.sim.model;

import java.util.Locale;

/**
 * A rule that a broken variant of the model does without. Which part of the code keeps the rule, and how soon the lack of
 * it shows, says docs/design/0009-formal-model.md.
 */
public enum Mutant {
    MINORITY("a node counts a lease by one voter's promise", "lease"),
    COUNT_FROM_ANSWER("a node counts a promise from the answer, not from its request", "lease"),
    FORGET_PROMISES("a restarted voter says that it has promised nothing", "lease"),
    ANSWER_WITHOUT_REMAINDER("a voter's answer does not say how long its last promise lives", "lease"),
    REVOKE_IN_MEMORY("a voter's revocation is not on its disk when it is answered", "lease"),
    GRANT_REVOKED("a voter promises to an incarnation that it has revoked", "lease"),
    NO_KILL_TIME("the coordinator does not wait for the hardest kill", "lease"),
    NO_GRANULARITY("the coordinator does not wait for timers that fire late", "lease"),
    ONE_REVOCATION("the coordinator is content with one voter's revocation", "lease"),
    ANSWERS_BEFORE_FENCING("revocations count that were asked for before FENCING was stored", "replace"),
    NO_FENCING("the coordinator stores neither FENCING nor FENCED: it waits, and assigns the VM anew", "lease"),
    ANSWERS_OUTLIVE_JOIN("what was found out about one incarnation counts for the next", "node"),
    NO_EPOCH("the epoch is not checked when a coordinator writes", "device", false),
    NO_VERSION("the version of a record is not checked when a coordinator writes", "device"),
    NODE_UNCOMPARED("a VM is assigned anew without comparing the record of the node that is gone", "migration"),
    INHERITED_TIMER("a new coordinator goes on with the count of the one before", "device"),
    NO_GUARD("nobody acts for an agent that hangs or is dead", "lease"),
    GUARD_SPARES_AGENT("the guard stops the guests of an agent that hangs, but not the agent", "node"),
    RECEPTION_OUTLIVES_LEASE("the session of a target goes on when its node has lost its lease", "migration"),
    SWITCHING_SPARED("letting go overlooks a guest in the switch-over of its migration", "migration"),
    AUTOSTART("the hypervisor starts guests by itself after a boot", "device"),
    NO_CLAIM("a node starts what it saw assigned to it, without a claim", "node"),
    CLAIM_OVER_COPY("a node claims a VM of which it still has an old copy", "node"),
    BLIND_ADOPTION("a restarted agent adopts without compare-and-set", "node"),
    RESUME_UNREAD("a node that holds its lease again resumes without reading the records", "lease"),
    LEASE_BEFORE_ADOPTION("an incarnation asks for its lease before it has adopted its guests", "migration", false),
    POWER_OFF_ACKNOWLEDGED("a power-off that the device acknowledged counts as off", "device"),
    OFF_BEFORE_FENCING("a device's word counts that was read before FENCING was stored", "device"),
    ONLY_SOURCE_GONE("a migrating VM is assigned anew when its source is gone, whatever the target has", "migration"),
    ONLY_TARGET_GONE("a migrating VM is assigned anew when its target is gone, whatever the source has", "migration"),
    SOURCE_WITH_COPY(
            "a VM is sent while its owner still has the copy that an earlier migration left there", "migration"),
    TARGET_WITH_COPY("a VM is sent to a node that still has an old copy of it", "migration"),
    RESUME_WITHOUT_WINNING("the source resumes what it holds before it has won the record", "migration"),
    RUN_WITHOUT_HAND_OVER("the target runs a complete copy without a hand-over", "migration"),
    TAKE_BACK_HANDED_OVER("a source that has handed over takes back when the stream breaks", "migration"),
    NOTE_RESUMES("a restarted target that finds nothing says that the source may resume", "migration"),
    TWO_CHANGES("voters change again while a change is not known yet", "shrink"),
    NEXT_CHANGE_AT_ONCE("voters change again without one lease in between", "move"),
    ANSWERS_OUTLIVE_SET("revocations count that were asked for by another set of voters", "replace", false),
    OLD_SET_GRANTED("a voter promises to a node that counts by an older set", "shrink"),
    UNKNOWN_SET_PROVES("a proof is drawn from a set of voters that is not known yet", "replace", false),
    ADDED_UNTOLD("a voter that is added is not told, with the set, what was revoked", "replace"),
    PROMISES_MOVE_ALONG(
            "voters change while one of the next set may still keep a promise that it has revoked", "shrink"),
    LOST_DISK_VOTES("a voter that lost its disk goes on voting", "replace"),
    REVOCATIONS_STAY_BEHIND("voters change although the next set may not know what was revoked", "shrink");

    private final String meaning;
    private final String setting;
    private final boolean isNeeded;

    Mutant(String meaning, String setting) {
        this(meaning, setting, true);
    }

    Mutant(String meaning, String setting, boolean isNeeded) {
        this.meaning = meaning;
        this.setting = setting;
        this.isNeeded = isNeeded;
    }

    /** What is broken, in words. */
    public String meaning() {
        return meaning;
    }

    /** As it is written on the command line. */
    public String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The setting in which it is looked for: one that shows soon what it breaks, if anything does. */
    public Setting setting() {
        return Settings.named(setting)
                .orElseThrow(() -> new IllegalStateException(this + ": " + setting + " (expected: a setting)"));
    }

    /** Whether it breaks a promise. If not, the rule is a second net under others, as docs/design/0009 says of each. */
    public boolean isNeeded() {
        return isNeeded;
    }
}
