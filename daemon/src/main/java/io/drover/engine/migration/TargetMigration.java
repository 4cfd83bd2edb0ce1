package io.drover.engine.migration;

import io.drover.model.GuestState;
import io.drover.model.MoveProgress;
import io.drover.model.Severity;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/**
 * The target's side of one try, from its admission on. Immutable: {@link #on} returns the next state. The rules are in
 * the package's description. Its transitions:
 *
 * <ul>
 *   <li>{@link State#PREPARING}: to {@code RECEIVING}, the offer accepted; to {@code FINISHED}, refused, when the
 *       hypervisor cannot; to {@code DISCARDING} when the source has gone meanwhile.
 *   <li>{@link State#RECEIVING}: to {@code RESUMING} by HandOver (an atomic hypervisor: to {@code LOOKING}); to
 *       {@code DISCARDING} when the source says that the guest runs there, when this node loses its lease, when the
 *       stream breaks or when nothing is heard for the expiry, however complete the copy is (an atomic hypervisor: to
 *       {@code LOOKING} by the last two).
 *   <li>{@link State#LOOKING}: guest executes: to {@code COMMITTING}; otherwise to {@code DISCARDING}, with an atomic
 *       hypervisor only once the guest is not about to run any more.
 *   <li>{@link State#RESUMING}: to {@code COMMITTING}: the guest executes before anything is written, because this is
 *       blackout. A resume that failed: to {@code LOOKING}; what executes in spite of it is committed, anything else
 *       discarded.
 *   <li>{@link State#COMMITTING}, which writes only while the lease is held: to {@code FINISHED} once the record names this node; to {@code TURNING_OFF} when it
 *       names another.
 *   <li>{@link State#DISCARDING}: to {@code TELLING} if the stream is open, otherwise to {@code NOTING}.
 *   <li>{@link State#TELLING}: TargetFailed has been sent; when the stream ends, to {@code NOTING}.
 *   <li>{@link State#NOTING}: to {@code FINISHED} once the record carries the note or has left this attempt.
 * </ul>
 *
 * <p>No state from {@code DISCARDING} on leads to a commit of this attempt.
 */
public final class TargetMigration extends TargetSettlement {
    /** Where the target stands. */
    public enum State {
        /** The hypervisor makes ready. */
        PREPARING,
        /** Accepted; waits for the copy and the HandOver. */
        RECEIVING,
        /** Needs to know what state the guest is in. */
        LOOKING,
        /** Has the right to execute, by HandOver; the guest is being resumed. */
        RESUMING,
        /** The guest executes here; wants the record to say so. */
        COMMITTING,
        /** What was received is being destroyed. */
        DISCARDING,
        /** Has told the source that it failed; waits for the source to end the stream. */
        TELLING,
        /** Wants the record to carry the note that it holds nothing. */
        NOTING,
        /** The guest executes here and the record names another: it is turned off. */
        TURNING_OFF,
        /** Over. */
        FINISHED
    }

    private boolean isHandedOver;
    private boolean isResumeFailed;
    private boolean isGivenUp;
    private Duration heardAt = Duration.ZERO;

    private TargetMigration(Attempt attempt, MigrationTerms terms, VmRecord record) {
        super(attempt, terms, record);
    }

    private TargetMigration(TargetMigration from) {
        super(from);
        isHandedOver = from.isHandedOver;
        isResumeFailed = from.isResumeFailed;
        isGivenUp = from.isGivenUp;
        heardAt = from.heardAt;
    }

    /**
     * Begins: the offer has been admitted, its memory and slot are promised, and the hypervisor is to make ready.
     *
     * @param record the record, in the attempt's phase
     * @throws IllegalArgumentException if the record is not in that phase, or this node is not its target
     */
    public static MigrationStep<TargetMigration> begin(Attempt attempt, MigrationTerms terms, VmRecord record) {
        if (!attempt.self().equals(attempt.migrating().target())) {
            throw new IllegalArgumentException(attempt + " on " + attempt.self() + " (expected: on its target)");
        }
        TargetMigration next = new TargetMigration(attempt, terms, record);
        next.act(GuestAct.RECEIVE);
        return next.step(next);
    }

    /** Where it stands. */
    public State state() {
        return state;
    }

    /**
     * Takes an event.
     *
     * @param elapsed monotonic time from the offer to the moment at which the event came about
     */
    public MigrationStep<TargetMigration> on(MigrationEvent.ForTarget event, Duration elapsed) {
        TargetMigration next = new TargetMigration(this);
        next.now = elapsed;
        if (next.state != State.FINISHED) {
            next.handle(event);
        }
        return next.step(next);
    }

    private void handle(MigrationEvent.ForTarget event) {
        if (event instanceof MigrationEvent.ProgressReported reported) {
            progressReported(reported.progress());
        } else if (event instanceof MigrationEvent.Timer) {
            timer();
        } else if (event instanceof MigrationEvent.HandedOver handedOver) {
            handedOver(handedOver);
        } else if (event instanceof MigrationEvent.Prepared prepared) {
            prepared(prepared.endpoint());
        } else if (event instanceof MigrationEvent.SourceFailed failed) {
            sourceFailed(failed.text());
        } else if (event instanceof MigrationEvent.CancelReported cancel) {
            ending = ending.or(() -> Optional.of(Ending.cancelled(cancel.why())));
        } else if (event instanceof MigrationEvent.StreamBroken broken) {
            streamBroken(broken.text());
        } else if (event instanceof MigrationEvent.LeaseLost) {
            leaseIsLost();
        } else if (event instanceof MigrationEvent.LeaseHeld) {
            leaseHeld();
        } else if (event instanceof MigrationEvent.RecordSeen seen) {
            recordSeen(seen.record());
        } else if (event instanceof MigrationEvent.RecordGone) {
            recordGone();
        } else if (event instanceof MigrationEvent.RecordUnreadable) {
            retryLater();
        } else if (event instanceof MigrationEvent.RecordHint) {
            read();
        } else if (event instanceof MigrationEvent.CommitWon won) {
            commitWon(won.record());
        } else if (event instanceof MigrationEvent.CommitLost) {
            commitLost();
        } else if (event instanceof MigrationEvent.ActDone done) {
            actDone(done.act());
        } else if (event instanceof MigrationEvent.ActFailed failed) {
            actFailed(failed);
        } else if (event instanceof MigrationEvent.GuestSeen guest) {
            guestSeen(guest.state());
        } else {
            throw new AssertionError("unhandled event: " + event);
        }
    }

    // ---- the stream

    private void prepared(String endpoint) {
        if (state != State.PREPARING) {
            return;
        }
        heardAt = now;
        if (!isLeaseHeld) {
            ending = ending.or(() -> Optional.of(leaseLost()));
        }
        if (!isStreamOpen || isSourceKeeping || !isLeaseHeld) {
            discard();
            return;
        }
        state = State.RECEIVING;
        act(new MigrationAction.RenewPromise());
        act(new MigrationAction.SendAccept(endpoint, terms.promiseExpiry()));
    }

    private void progressReported(MoveProgress latest) {
        progress = latest;
        if (state == State.RECEIVING) {
            heardAt = now;
            act(new MigrationAction.RenewPromise());
        }
    }

    private void handedOver(MigrationEvent.HandedOver given) {
        if (!isWaitingForHandOver()) {
            return;
        }
        isHandedOver = true;
        handedOverAt = Optional.of(now);
        heardAt = now;
        pausedFor = given.pausedFor();
        hypervisorTime = given.hypervisorTime();
        bytes = given.bytes();
        if (terms.isAtomic()) {
            look();
        } else {
            state = State.RESUMING;
            retryAt = Optional.empty();
            act(GuestAct.RESUME);
        }
    }

    private void sourceFailed(String text) {
        isSourceKeeping = true;
        ending = ending.or(() -> Optional.of(Ending.failed(text, "")));
        if (isWaitingForHandOver()) {
            // The source says that the guest executes there: what is here is never to run, however complete.
            discard();
        }
    }

    /** What is here may not run any more; and should it run already, that is found out when it cannot be destroyed. */
    private void leaseIsLost() {
        isLeaseHeld = false;
        if (isWaitingForHandOver()) {
            ending = ending.or(() -> Optional.of(leaseLost()));
            discard();
        }
    }

    private boolean isWaitingForHandOver() {
        return state == State.RECEIVING || (state == State.LOOKING && !isHandedOver && !isGivenUp);
    }

    private void streamBroken(String text) {
        isStreamOpen = false;
        ending = ending.or(() -> Optional.of(Ending.failed(
                "the stream from node " + attempt.migrating().source() + " broke: " + text,
                "see whether that node and the network between the two are well")));
        if (state == State.RECEIVING) {
            tell(
                    Severity.WARNING,
                    "the stream from node " + attempt.migrating().source() + " broke before the hand-over: " + text);
            endWaiting();
        } else if (state == State.TELLING) {
            note();
        }
    }

    private void timer() {
        if (state == State.RECEIVING && isExpired()) {
            String text = "nothing heard from node " + attempt.migrating().source() + " for "
                    + terms.promiseExpiry().toSeconds() + " s";
            ending = ending.or(() -> Optional.of(Ending.failed(text, "see whether its migration network is well")));
            tell(Severity.WARNING, text + ": the promise ends");
            endWaiting();
        }
        if (isRetryDue()) {
            retry();
        }
    }

    /**
     * No HandOver has come, and none is waited for any more. However complete the copy is, the source may execute the
     * guest: its hypervisor lets it go on by itself when it takes its sending for failed. So nothing here may run. An
     * atomic hypervisor may have let it run already.
     */
    private void endWaiting() {
        if (terms.isAtomic()) {
            look();
        } else {
            discard();
        }
    }

    private boolean isExpired() {
        return now.minus(heardAt).compareTo(terms.promiseExpiry()) >= 0;
    }

    // ---- the guest

    @Override
    void look() {
        state = State.LOOKING;
        retryAt = Optional.empty();
        act(GuestAct.LOOK);
    }

    private void guestSeen(Optional<GuestState> guest) {
        if (state != State.LOOKING) {
            return;
        }
        boolean isRunning = guest.filter(GuestState::isExecuting).isPresent();
        boolean isHeld = guest.filter(found -> found == GuestState.PAUSED).isPresent();
        if (isRunning || (isHeld && (isResumeFailed || terms.isAtomic()))) {
            // It has begun to execute, and may be held since: its copy at the source is out of date.
            executes();
        } else if (terms.isAtomic() && !isGivenUp) {
            awaitAtomic(guest);
        } else {
            discard();
        }
    }

    /** An atomic hypervisor may still be about to let the guest run here. */
    private void awaitAtomic(Optional<GuestState> guest) {
        boolean isCopying = guest.filter(found -> found == GuestState.INCOMING || found == GuestState.ARRIVED)
                .isPresent();
        if (!isExpired() && (isCopying || (isHandedOver && isStreamOpen))) {
            retryAt = Optional.of(now.plus(MigrationTerms.LOOK_AFTER));
        } else {
            if (isHandedOver) {
                ending = ending.or(() -> Optional.of(Ending.failed(
                        "the guest was handed over by node "
                                + attempt.migrating().source() + " and did not arrive",
                        "")));
            }
            discard();
        }
    }

    private void executes() {
        resumedAt = Optional.of(now);
        if (isStreamOpen) {
            act(new MigrationAction.SendResumed());
        }
        state = State.COMMITTING;
        retryAt = Optional.empty();
        decideCommitting();
    }

    @Override
    void discard() {
        state = State.DISCARDING;
        isGivenUp = true;
        retryAt = Optional.empty();
        act(GuestAct.DISCARD);
    }

    private void discarded() {
        act(new MigrationAction.ReleasePromise());
        Ending why = endingOr("the target gave up");
        if (!attempt.isCurrent(record)) {
            finish(attempt.notMoved(why));
        } else if (isStreamOpen && !isSourceKeeping) {
            state = State.TELLING;
            act(new MigrationAction.SendTargetFailed(why.reason(), why.remedy()));
            retryAt = Optional.of(now.plus(terms.promiseExpiry()));
        } else {
            note();
        }
    }

    private void actDone(GuestAct act) {
        if (act == GuestAct.RESUME && state == State.RESUMING) {
            executes();
        } else if (act == GuestAct.DISCARD && state == State.DISCARDING) {
            discarded();
        } else if (act == GuestAct.TURN_OFF && state == State.TURNING_OFF) {
            finish(attempt.notMoved(endingOr("")));
        }
    }

    private void actFailed(MigrationEvent.ActFailed failed) {
        if (failed.act() == GuestAct.RECEIVE && state == State.PREPARING) {
            String text = "node " + attempt.self() + " cannot receive the guest: " + failed.text();
            Refusal refusal = new Refusal(RefusalCause.HYPERVISOR_FAILED, text, failed.remedy(), true);
            act(new MigrationAction.SendReject(refusal));
            act(new MigrationAction.ReleasePromise());
            finish(attempt.notMoved(Ending.failed(text, failed.remedy())));
        } else if (failed.act() == GuestAct.RESUME && state == State.RESUMING) {
            resumeFailed(failed);
        } else if (state == State.LOOKING || state == State.DISCARDING || state == State.TURNING_OFF) {
            tell(Severity.ERROR, failed.act() + " failed, trying again: " + failed.text());
            retryLater();
        }
    }

    private void resumeFailed(MigrationEvent.ActFailed failed) {
        String text = "the guest does not resume on node " + attempt.self() + ": " + failed.text();
        tell(Severity.ERROR, text);
        ending = Optional.of(Ending.failed(text, failed.remedy()));
        isResumeFailed = true;
        look();
    }
}
