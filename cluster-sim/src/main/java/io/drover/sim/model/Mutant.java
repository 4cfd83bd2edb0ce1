package io.drover.sim.model;

import java.util.Locale;

/** A rule that a broken variant of the model does without. */
enum Mutant {
    /** The model as it is meant to be. */
    NONE("nothing is broken"),

    MINORITY("a node counts a lease by one voter's promise"),
    COUNT_FROM_ANSWER("a node counts a promise from the answer, not from its request"),
    FORGET_PROMISES("a restarted voter says that it has promised nothing"),
    ANSWER_WITHOUT_REMAINDER("a voter's answer does not say how long its last promise lives"),
    REVOKE_IN_MEMORY("a voter's revocation is not on its disk when it is answered"),
    GRANT_REVOKED("a voter promises to an incarnation that it has revoked"),
    NO_KILL_TIME("the coordinator does not wait for the hardest kill"),
    NO_GRANULARITY("the coordinator does not wait for timers that fire late"),
    ONE_REVOCATION("the coordinator is content with one voter's revocation"),
    ANSWERS_BEFORE_FENCING("revocations count that were asked for before FENCING was stored"),
    NO_FENCING("the coordinator stores neither FENCING nor FENCED: it waits, and assigns the VM anew"),
    ANSWERS_OUTLIVE_JOIN("what was found out about one incarnation counts for the next"),
    NO_EPOCH("the epoch is not checked when a coordinator writes"),
    NO_VERSION("the version of a record is not checked when a coordinator writes"),
    NO_EPOCH_NO_VERSION("neither epoch nor version is checked when a coordinator writes"),
    NODE_UNCOMPARED("a VM is assigned anew without comparing the record of the node that is gone"),
    INHERITED_TIMER("a new coordinator goes on with the count of the one before"),
    NO_GUARD("nobody acts for an agent that hangs or is dead"),
    GUARD_SPARES_AGENT("the guard stops the guests of an agent that hangs, but not the agent"),
    RECEPTION_OUTLIVES_LEASE("the session of a target goes on when its node has lost its lease"),
    SWITCHING_SPARED("letting go overlooks a guest in the switch-over of its migration"),
    AUTOSTART("the hypervisor starts guests by itself after a boot"),
    NO_CLAIM("a node starts what it saw assigned to it, without a claim"),
    CLAIM_OVER_COPY("a node claims a VM of which it still has an old copy"),
    BLIND_ADOPTION("a restarted agent adopts without compare-and-set"),
    RESUME_UNREAD("a node that holds its lease again resumes without reading the records"),
    LEASE_BEFORE_ADOPTION("an incarnation asks for its lease before it has adopted its guests"),
    POWER_OFF_ACKNOWLEDGED("a power-off that the device acknowledged counts as off"),
    OFF_BEFORE_FENCING("a device's word counts that was read before FENCING was stored"),
    ONLY_SOURCE_GONE("a migrating VM is assigned anew when its source is gone, whatever the target has"),
    ONLY_TARGET_GONE("a migrating VM is assigned anew when its target is gone, whatever the source has"),
    SOURCE_WITH_COPY("a VM is sent while its owner still has the copy that an earlier migration left there"),
    TARGET_WITH_COPY("a VM is sent to a node that still has an old copy of it"),
    RESUME_WITHOUT_WINNING("the source resumes what it holds before it has won the record"),
    RUN_WITHOUT_HAND_OVER("the target runs a complete copy without a hand-over"),
    TAKE_BACK_HANDED_OVER("a source that has handed over takes back when the stream breaks"),
    NOTE_RESUMES("a restarted target that finds nothing says that the source may resume"),
    TWO_CHANGES("voters change again while a change is not known yet"),
    NEXT_CHANGE_AT_ONCE("voters change again without one lease in between"),
    ANSWERS_OUTLIVE_SET("revocations count that were asked for by another set of voters"),
    OLD_SET_GRANTED("a voter promises to a node that counts by an older set"),
    UNKNOWN_SET_PROVES("a proof is drawn from a set of voters that is not known yet"),
    ADDED_UNTOLD("a voter that is added is not told, with the set, what was revoked"),
    PROMISES_MOVE_ALONG("voters change while one of the next set may still keep a promise that it has revoked"),
    LOST_DISK_VOTES("a voter that lost its disk goes on voting"),
    REVOCATIONS_STAY_BEHIND("voters change although the next set may not know what was revoked");

    final String meaning;

    Mutant(String meaning) {
        this.meaning = meaning;
    }

    /** As it is written on the command line. */
    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
