package io.drover.engine.migration;

import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.Severity;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/** The source after the copy: who has the guest now, by the record. */
abstract sealed class SourceSettlement extends MigrationSide permits SourceMigration {
    private static final int FIGURE_TRIES = 5;

    SourceMigration.State state = SourceMigration.State.OFFERED;
    boolean isTargetGone;
    Optional<Duration> pausedAt = Optional.empty();
    Optional<Duration> resumedAt = Optional.empty();
    Duration hypervisorTime = Duration.ZERO;
    long bytes;
    private boolean isExecutingHere = true;
    private boolean isGivingUp;
    private boolean isForgotten;
    private boolean isRecorded;
    private int figureTries;
    private Duration committedAt = Duration.ZERO;

    SourceSettlement(Attempt attempt, MigrationTerms terms, VmRecord record) {
        super(attempt, terms, record);
    }

    SourceSettlement(SourceSettlement from) {
        super(from);
        state = from.state;
        isTargetGone = from.isTargetGone;
        pausedAt = from.pausedAt;
        resumedAt = from.resumedAt;
        hypervisorTime = from.hypervisorTime;
        bytes = from.bytes;
        isExecutingHere = from.isExecutingHere;
        isGivingUp = from.isGivingUp;
        isForgotten = from.isForgotten;
        isRecorded = from.isRecorded;
        figureTries = from.figureTries;
        committedAt = from.committedAt;
    }

    /** The guest does not execute here any more and is complete at the target, or so the hypervisor says. */
    final void leftHere() {
        retryAt = Optional.empty();
        if (isStreamOpen && !isTargetGone) {
            ending.ifPresent(why ->
                    tell(Severity.WARNING, "the guest had left before the copy could be ended (" + why.reason() + ")"));
            ending = Optional.empty();
            state = SourceMigration.State.HANDED_OVER;
            Duration pausedFor = pausedAt.map(now::minus).orElse(Duration.ZERO);
            act(new MigrationAction.SendHandOver(pausedFor, hypervisorTime, bytes));
            retryLater();
        } else if (terms.isAtomic() && !isTargetGone) {
            // The guest runs at the target without being told to: the record will say so.
            state = SourceMigration.State.HANDED_OVER;
            read();
            retryLater();
        } else {
            takeBack(false, terms.isAtomic() ? vanished() : endingOr("the guest was held here when its move failed"));
        }
    }

    /** An atomic hypervisor holds no copy of what has left: if the target has none either, there is none any more. */
    private Ending vanished() {
        Ending why = endingOr("it did not arrive");
        String remedy = why.remedy().isEmpty() ? Ending.SEE_BOTH_HOSTS : why.remedy();
        return Ending.vanished(MigrationText.onNeither(attempt, why.reason()), remedy);
    }

    /**
     * The target holds nothing of what was handed over. An atomic hypervisor may have kept the guest here all the same,
     * and called it gone: it is asked before the record says what has become of it.
     */
    final void handedBack(Ending why) {
        if (!terms.isAtomic() || isGivingUp) {
            takeBack(false, why);
            return;
        }
        isTargetGone = true;
        ending = Optional.of(why);
        state = SourceMigration.State.LOOKING;
        retryAt = Optional.empty();
        act(GuestAct.LOOK);
    }

    final void takeBack(boolean isExecutingHere, Ending why) {
        this.isExecutingHere = isExecutingHere;
        ending = Optional.of(why);
        state = SourceMigration.State.TAKING_BACK;
        retryAt = Optional.empty();
        decideTakingBack();
    }

    private void decideTakingBack() {
        if (isCommitting) {
            return;
        }
        if (attempt.isCurrent(record)) {
            if (isGivingUp) {
                commit(record.lostOnItsWay(attempt.self()));
            } else if (isLeaseHeld) {
                commit(takenBack());
            }
        } else if (!attempt.isWon(record)) {
            lostToAnother();
        } else if (isExecutingHere || hasVanished()) {
            // One that has vanished is started anew by whoever starts guests here, under the record that is written
            // now.
            finish(notMoved());
        } else if (isLeaseHeld) {
            state = SourceMigration.State.RESUMING;
            act(GuestAct.RESUME);
        }
    }

    private boolean hasVanished() {
        return ending.filter(why -> why.outcome() == MigrationResult.Outcome.LOST)
                .isPresent();
    }

    private VmRecord takenBack() {
        return record.takenBackBy(attempt.self(), attempt.incarnation(), notMoved());
    }

    private void lostToAnother() {
        if (!isExecutingHere) {
            leave();
            return;
        }
        state = SourceMigration.State.TURNING_OFF;
        act(GuestAct.TURN_OFF);
        tell(
                Severity.ERROR,
                "the guest executes on " + attempt.self() + " but the record says " + record.phase()
                        + ": turning it off here");
    }

    private void decideHandedOver() {
        if (attempt.hasNote(record)) {
            MigrationResult note = record.lastMigration().orElseThrow();
            // It was handed over, so it may have run there: what is here must not go on.
            isGivingUp = attempt.isLost(record);
            handedBack(new Ending(note.outcome(), note.reason(), note.remedy(), note.retryable()));
        } else if (attempt.isWon(record)) {
            // Not by this session, which has given up its right: whoever wrote it resumes the guest, by a commit.
            String text = "the record names " + attempt.self() + " again, by another's write";
            tell(Severity.WARNING, text);
            finish(attempt.notMoved(Ending.failed(text, "")));
        } else if (!attempt.isCurrent(record)) {
            leave();
        }
    }

    /** The lease is back: what waited for it goes on, by a new reading. */
    final void leaseHeld() {
        isLeaseHeld = true;
        if (state == SourceMigration.State.TAKING_BACK) {
            read();
        }
    }

    // ---- readings and writes

    final void recordSeen(VmRecord seen) {
        boolean isNew = adopt(seen);
        switch (state) {
            case OFFERED, SENDING, LOOKING -> {
                if (attempt.hasNote(record)) {
                    targetFailed(record.lastMigration().orElseThrow().reason(), "");
                }
            }
            case HANDED_OVER -> decideHandedOver();
            case TAKING_BACK -> {
                if (isNew) {
                    decideTakingBack();
                } else {
                    retryLater();
                }
            }
            case LEAVING -> writeFigures();
            case RESUMING, TURNING_OFF, FINISHED -> {
                /* The record has been acted on already. */
            }
        }
    }

    /** The target has destroyed what it had and will never commit this try. */
    abstract void targetFailed(String text, String remedy);

    final void recordGone() {
        if (state == SourceMigration.State.LEAVING) {
            recorded();
        } else if (state == SourceMigration.State.HANDED_OVER || state == SourceMigration.State.TAKING_BACK) {
            String text = "the record of the VM is gone; its guest is left as it is on " + attempt.self();
            tell(Severity.ERROR, text);
            finish(attempt.notMoved(Ending.hopeless(text, "add the VM again, or turn the guest off by hand")));
        }
    }

    final void recordUnreadable() {
        if (state == SourceMigration.State.LEAVING) {
            recorded();
        } else {
            retryLater();
        }
    }

    final void commitWon(VmRecord written) {
        isCommitting = false;
        adopt(written);
        if (state == SourceMigration.State.TAKING_BACK) {
            decideTakingBack();
        } else if (state == SourceMigration.State.LEAVING) {
            recorded();
        }
    }

    final void retry() {
        switch (state) {
            case HANDED_OVER -> {
                read();
                if (terms.isAtomic()) {
                    act(GuestAct.LOOK);
                }
                retryLater();
            }
            case TAKING_BACK, LEAVING -> read();
            case LOOKING -> act(GuestAct.LOOK);
            case TURNING_OFF -> act(GuestAct.TURN_OFF);
            case OFFERED, SENDING, RESUMING, FINISHED -> {
                /* Nothing to repeat. */
            }
        }
    }

    // ---- the end

    final void leave() {
        state = SourceMigration.State.LEAVING;
        retryAt = Optional.empty();
        committedAt = now;
        resumedAt = resumedAt.or(() -> Optional.of(now));
        act(GuestAct.FORGET);
        if (isMoved()) {
            read();
        } else {
            isRecorded = true;
        }
    }

    /** Best effort: the migration is over, and figures that do not get written are no loss to anybody's guest. */
    private void writeFigures() {
        if (isCommitting || isRecorded) {
            return;
        }
        figureTries++;
        if (figureTries > FIGURE_TRIES || !isMoved()) {
            recorded();
        } else if (attempt.isArrived(record)) {
            commit(record.withLastMigration(moved()));
        } else {
            // A stale reading: the target has said that it committed.
            retryLater();
        }
    }

    private void recorded() {
        isRecorded = true;
        finishLeaving();
    }

    final void forgotten() {
        isForgotten = true;
        finishLeaving();
    }

    private void finishLeaving() {
        if (isForgotten && isRecorded) {
            finish(isMoved() ? moved() : attempt.notMoved(endingOr("the record says " + record.phase())));
        }
    }

    final void finish(MigrationResult result) {
        state = SourceMigration.State.FINISHED;
        finished(result);
    }

    final MigrationResult notMoved() {
        return attempt.notMoved(endingOr(""));
    }

    /** Whether the target has the guest, when the session leaves: by the record, or by what it said on the stream. */
    private boolean isMoved() {
        return attempt.isCurrent(record) || attempt.isArrived(record);
    }

    private MigrationResult moved() {
        Duration blackout =
                pausedAt.flatMap(from -> resumedAt.map(to -> to.minus(from))).orElse(Duration.ZERO);
        return attempt.moved(new MigrationFigures(blackout, committedAt, hypervisorTime, bytes));
    }
}
