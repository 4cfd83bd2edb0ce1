package io.drover.engine.migration;

import io.drover.model.GuestState;
import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides what an agent does with a guest that took part in a migration of which the agent has no session, because it
 * was restarted in the middle. Pure; asked again after each verdict and whenever record or guest may have changed.
 *
 * <p>As source of the attempt that the record names:
 *
 * <table>
 *   <caption>Source</caption>
 *   <tr><th>guest here</th><th>verdict</th></tr>
 *   <tr><td>running, being sent</td><td>end the sending, ask again</td></tr>
 *   <tr><td>running</td><td>begin a session if the attempt is new to this agent; otherwise take back</td></tr>
 *   <tr><td>departed</td><td>wait: the HandOver may have been given. Take back and resume only by the target's
 *   note; if that says that the guest may have run there, give it up</td></tr>
 *   <tr><td>nothing, and the target's note</td><td>take back, as {@link MigrationResult.Outcome#LOST}: it starts anew
 *   </td></tr>
 *   <tr><td>paused for the switch-over</td><td>wait</td></tr>
 *   <tr><td>anything else</td><td>wait for the record or the note; take back if the attempt is new</td></tr>
 * </table>
 *
 * <p>As target:
 *
 * <table>
 *   <caption>Target</caption>
 *   <tr><th>guest here</th><th>verdict</th></tr>
 *   <tr><td>running, or paused</td><td>commit: it has the right, or it would not have begun to run</td></tr>
 *   <tr><td>incomplete, or complete</td><td>destroy it, ask again: the source may execute the guest. With an atomic
 *   hypervisor only after {@link #OFFER_PATIENCE}, as the guest may be about to run</td></tr>
 *   <tr><td>nothing</td><td>leave the note, but only when the attempt was there at this agent's start or no offer came
 *   for {@link #OFFER_PATIENCE}; in the first case, unless the copy was destroyed by this process, as {@link
 *   MigrationResult.Outcome#LOST}, for a host that was rebooted has lost what ran on it</td></tr>
 * </table>
 */
public final class Recovery {
    /** How long a target waits for the offer of an attempt that is new to it. */
    public static final Duration OFFER_PATIENCE = Duration.ofSeconds(30);

    private static final String RESTARTED = "the agent of node %s was restarted during the migration";

    private Recovery() {}

    /**
     * What the agent sees.
     *
     * @param guest the hypervisor's word; empty if it knows no such guest
     * @param isSending whether the guest's memory is being sent now
     * @param isNew whether the attempt was not there yet when this agent first read the records after it had joined;
     *     that reading must not be older than the joining (a reading of the session that made the join's write is not)
     * @param waited how long this agent has seen the attempt
     * @param isAtomic whether the hypervisors let the guest run at the target by themselves
     * @param hasDestroyed whether this process has destroyed, by a {@link Destroy} verdict, what the target had received
     *     in this attempt: so it had not begun to execute. A caller that does not know says false
     */
    public record Situation(
            Optional<GuestState> guest,
            boolean isSending,
            boolean isNew,
            Duration waited,
            boolean isAtomic,
            boolean hasDestroyed) {
        /** Of an agent that does not know of having destroyed anything. */
        public Situation(
                Optional<GuestState> guest, boolean isSending, boolean isNew, Duration waited, boolean isAtomic) {
            this(guest, isSending, isNew, waited, isAtomic, false);
        }
    }

    /** What the agent is to do. */
    public sealed interface Verdict {}

    /** Nothing here is left of a migration, or it is not this node's to decide. */
    public record Nothing() implements Verdict {}

    /** Nothing may be done until the record or the guest changes. */
    public record Wait(String why) implements Verdict {}

    /** Source: begin a session. */
    public record Begin() implements Verdict {}

    /** Source: end the sending that an earlier process began, and ask again. */
    public record Abandon() implements Verdict {}

    /** Destroy the copy here, which does not execute, and ask again. */
    public record Destroy(String why) implements Verdict {}

    /**
     * Write the record if it is still as it was decided upon; in any doubt about the outcome read it and ask again.
     *
     * @param next what it should say
     * @param isResuming whether to let the guest go on once that is stored, and never before
     * @param isNote whether this ends the attempt as far as this target is concerned: from before the write on, it must
     *     not accept an offer of this attempt any more
     */
    public record Write(VmRecord next, boolean isResuming, boolean isNote) implements Verdict {}

    /**
     * Decides.
     *
     * @param self this node
     * @param incarnation its present incarnation
     * @param record as read; not older than what this process has read or written before, its sessions included (one
     *     session of the coordination service never reads backwards). A reading that others have overtaken leads to a
     *     write that loses, never to a guest that executes
     */
    public static Verdict decide(NodeId self, long incarnation, VmRecord record, Situation situation) {
        if (record.phase() instanceof Phase.Migrating migrating
                && migrating.nodes().contains(self)) {
            Attempt attempt = new Attempt(record.id(), self, incarnation, migrating);
            return migrating.source().equals(self)
                    ? asSource(attempt, record, situation)
                    : asTarget(attempt, record, situation);
        }
        return afterwards(self, incarnation, record, situation);
    }

    private static Verdict asSource(Attempt attempt, VmRecord record, Situation situation) {
        boolean hasNote = attempt.hasNote(record);
        Optional<GuestState> guest = situation.guest();
        if (is(guest, GuestState.RUNNING)) {
            if (situation.isSending()) {
                return new Abandon();
            }
            return situation.isNew() && !hasNote ? new Begin() : takeBack(attempt, record, false, restarted(attempt));
        }
        if (is(guest, GuestState.PAUSED)) {
            return situation.isSending()
                    ? new Wait("the guest is held for the last part of its copy")
                    : takeBack(attempt, record, false, failed("the guest is paused (expected: running)"));
        }
        if (attempt.isLost(record)) {
            return new Write(record.lostOnItsWay(attempt.self()), false, false);
        }
        if (hasNote) {
            return is(guest, GuestState.DEPARTED)
                    ? takeBack(attempt, record, true, restarted(attempt))
                    : takeBackNothing(attempt, record);
        }
        if (is(guest, GuestState.DEPARTED)) {
            return new Wait("the guest has left; " + attempt.migrating().target() + " commits, or says that it cannot");
        }
        return situation.isNew()
                ? takeBack(attempt, record, false, failed("there is no running guest to send"))
                : new Wait(
                        "the guest is not here; " + attempt.migrating().target() + " commits, or says that it cannot");
    }

    private static Verdict asTarget(Attempt attempt, VmRecord record, Situation situation) {
        Optional<GuestState> guest = situation.guest();
        if (is(guest, GuestState.RUNNING) || is(guest, GuestState.PAUSED)) {
            return new Write(arrived(attempt, record), false, false);
        }
        boolean isWaitingForAtomic =
                situation.isAtomic() && situation.waited().compareTo(OFFER_PATIENCE) < 0 && !attempt.hasNote(record);
        if (is(guest, GuestState.INCOMING) || is(guest, GuestState.ARRIVED)) {
            // However complete: a HandOver may have come, but the process that knew is gone, and without one the source
            // may execute the guest. The note lets the source take back in either case.
            return isWaitingForAtomic
                    ? new Wait("the guest is still being received, or is about to run")
                    : new Destroy("received without a session that knows of a hand-over");
        }
        if (attempt.hasNote(record)) {
            return new Wait(attempt.migrating().source() + " takes the guest back");
        }
        if (situation.isNew() && situation.waited().compareTo(OFFER_PATIENCE) < 0) {
            return new Wait("for the offer of " + attempt.migrating().source());
        }
        String text = situation.isNew()
                ? "no offer from node " + attempt.migrating().source() + " in " + OFFER_PATIENCE.toSeconds() + " s"
                : String.format(RESTARTED, attempt.self());
        // One that was here before this process began may have executed, and been lost with its host since.
        boolean isSure = situation.isNew() || situation.hasDestroyed();
        Ending ending = isSure ? failed(text) : Ending.lost(text, "");
        return new Write(record.withLastMigration(attempt.notMoved(ending)), false, true);
    }

    /** The record has left the attempt; the guest here may be a copy that its session could not deal with any more. */
    private static Verdict afterwards(NodeId self, long incarnation, VmRecord record, Situation situation) {
        boolean isDeparted = is(situation.guest(), GuestState.DEPARTED);
        boolean isReceived = is(situation.guest(), GuestState.INCOMING) || is(situation.guest(), GuestState.ARRIVED);
        if (!isDeparted && !isReceived) {
            return new Nothing();
        }
        if (!(record.phase() instanceof Phase.Placed placed) || !placed.owner().equals(self)) {
            return new Destroy("a copy left by a migration; the record says " + record.phase());
        }
        // What was received never began to run, or it would not be in this state: it is nobody's guest. Of what was
        // sent,
        // only the copy that the record's last change of hands was about is fresh: an older one would go on with an
        // old memory on newer disks.
        boolean isTakenBack = isDeparted
                && record.lastMigration()
                        .filter(last -> last.outcome() == MigrationResult.Outcome.FAILED
                                || last.outcome() == MigrationResult.Outcome.CANCELLED)
                        .filter(last -> last.source().equals(self))
                        .isPresent();
        return isTakenBack
                ? new Write(record.claimedBy(self, incarnation), true, false)
                : new Destroy("a copy left by an earlier migration");
    }

    private static Verdict takeBack(Attempt attempt, VmRecord record, boolean isResuming, Ending why) {
        Ending ending = attempt.hasNote(record)
                ? record.lastMigration().map(Recovery::ofNote).orElse(why)
                : why;
        return takenBack(attempt, record, isResuming, ending);
    }

    private static Verdict takenBack(Attempt attempt, VmRecord record, boolean isResuming, Ending ending) {
        VmRecord next = record.takenBackBy(attempt.self(), attempt.incarnation(), attempt.notMoved(ending));
        return new Write(next, isResuming, false);
    }

    /** What is here to be taken back is not lost, whatever the target's side had to fear. */
    private static Ending ofNote(MigrationResult note) {
        MigrationResult.Outcome outcome =
                note.outcome() == MigrationResult.Outcome.LOST ? MigrationResult.Outcome.FAILED : note.outcome();
        return new Ending(outcome, note.reason(), note.remedy(), note.retryable());
    }

    /** The target holds nothing, and nothing is here. Whether the move or a restart of the host did that, nobody knows. */
    private static Verdict takeBackNothing(Attempt attempt, VmRecord record) {
        String why = record.lastMigration().map(MigrationResult::reason).orElse("");
        Ending ending = Ending.lost(MigrationText.onNeither(attempt, why), Ending.SEE_BOTH_HOSTS);
        return takenBack(attempt, record, false, ending);
    }

    private static VmRecord arrived(Attempt attempt, VmRecord record) {
        MigrationResult result = attempt.moved(new MigrationFigures(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0));
        return record.arrivedAt(attempt.self(), attempt.incarnation(), result);
    }

    private static Ending restarted(Attempt attempt) {
        return failed(String.format(RESTARTED, attempt.self()));
    }

    private static Ending failed(String text) {
        return Ending.failed(text, "");
    }

    private static boolean is(Optional<GuestState> guest, GuestState state) {
        return guest.filter(found -> found == state).isPresent();
    }
}
