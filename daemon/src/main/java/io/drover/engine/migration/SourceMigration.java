package io.drover.engine.migration;

import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.Severity;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/**
 * The source's side of one try. Immutable: {@link #on} returns the next state. The rules are in the package's
 * description. Its transitions:
 *
 * <ul>
 *   <li>{@link State#OFFERED}: to {@code SENDING} once accepted; to {@code TAKING_BACK} when refused, cancelled, not
 *       answered in time, or the stream breaks.
 *   <li>{@link State#SENDING}: to {@code HANDED_OVER} when the guest has departed and the stream is open, HandOver
 *       given; to {@code TAKING_BACK} when the guest stayed, or has departed while the stream is broken or the target
 *       has failed; to {@code LOOKING} when the hypervisor cannot say. A cancel, a broken stream, a failed target, the
 *       loss of the lease and the time limit end the sending, but only until the switch-over begins: a cancel that hits the last part of the
 *       copy could leave a guest that executes here and is complete there.
 *   <li>{@link State#LOOKING}: to where {@code SENDING} would have gone, once the hypervisor says what state it is in.
 *   <li>{@link State#HANDED_OVER}: to {@code LEAVING} once the target has committed, on the stream or in the record; to
 *       {@code TAKING_BACK} only by TargetFailed or the target's note (an atomic hypervisor: through {@code LOOKING}, and
 *       what is not here either is lost). A broken stream changes nothing: the record is
 *       read on each hint and each second.
 *   <li>{@link State#TAKING_BACK}: to {@code FINISHED} (guest executes, or is lost) or {@code RESUMING} (guest held) once the
 *       compare-and-set is won, which is tried only while the lease is held; to {@code LEAVING} (guest held) or {@code TURNING_OFF} (guest executes) once the record
 *       names another.
 *   <li>{@link State#RESUMING}, {@link State#LEAVING}, {@link State#TURNING_OFF}: to {@code FINISHED} when done.
 * </ul>
 */
public final class SourceMigration extends SourceSettlement {
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);

    /** Where the source stands. */
    public enum State {
        /** Waits for the answer to its offer; nothing is sent. */
        OFFERED,
        /** The hypervisor sends the guest. */
        SENDING,
        /** The hypervisor could not say what became of the guest, and is asked. */
        LOOKING,
        /** The right to execute has been given up; only the target or the record can give it back. */
        HANDED_OVER,
        /** Wants the record to name this node again. */
        TAKING_BACK,
        /** The record names this node; the held guest is let go on. */
        RESUMING,
        /** The record names the target; the copy here is destroyed and the figures are written. */
        LEAVING,
        /** The guest executes here and the record names another: it is turned off. */
        TURNING_OFF,
        /** Over. */
        FINISHED
    }

    private Optional<Duration> sendingSince = Optional.empty();
    private Optional<Duration> progressSentAt = Optional.empty();

    private SourceMigration(Attempt attempt, MigrationTerms terms, VmRecord record) {
        super(attempt, terms, record);
    }

    private SourceMigration(SourceMigration from) {
        super(from);
        sendingSince = from.sendingSince;
        progressSentAt = from.progressSentAt;
    }

    /**
     * Begins: the VM is offered.
     *
     * @param record the record, in the attempt's phase
     * @throws IllegalArgumentException if the record is not in that phase, or this node is not its source
     */
    public static MigrationStep<SourceMigration> begin(Attempt attempt, MigrationTerms terms, VmRecord record) {
        if (!attempt.self().equals(attempt.migrating().source())) {
            throw new IllegalArgumentException(attempt + " on " + attempt.self() + " (expected: on its source)");
        }
        SourceMigration next = new SourceMigration(attempt, terms, record);
        next.act(new MigrationAction.SendOffer());
        return next.step(next);
    }

    /** Where it stands. */
    public State state() {
        return state;
    }

    /**
     * Takes an event.
     *
     * @param elapsed monotonic time from the beginning of the session to the moment at which the event came about
     */
    public MigrationStep<SourceMigration> on(MigrationEvent.ForSource event, Duration elapsed) {
        SourceMigration next = new SourceMigration(this);
        next.now = elapsed;
        if (next.state != State.FINISHED) {
            next.handle(event);
        }
        return next.step(next);
    }

    private void handle(MigrationEvent.ForSource event) {
        if (event instanceof MigrationEvent.Progressed progressed) {
            progressed(progressed.progress());
        } else if (event instanceof MigrationEvent.Timer) {
            timer();
        } else if (event instanceof MigrationEvent.Accepted accepted) {
            accepted(accepted.endpoint());
        } else if (event instanceof MigrationEvent.Rejected rejected) {
            rejected(rejected.refusal());
        } else if (event instanceof MigrationEvent.GuestPaused) {
            pausedAt = pausedAt.or(() -> Optional.of(now));
        } else if (event instanceof MigrationEvent.GuestDeparted departed) {
            departed(departed.hypervisorTime(), departed.bytes());
        } else if (event instanceof MigrationEvent.GuestStayed stayed) {
            stayed(stayed.reason());
        } else if (event instanceof MigrationEvent.Unclear unclear) {
            look(unclear.reason());
        } else if (event instanceof MigrationEvent.ResumedAtTarget) {
            resumedAt = resumedAt.or(() -> Optional.of(now));
        } else if (event instanceof MigrationEvent.CommittedAtTarget) {
            if (state == State.HANDED_OVER) {
                leave();
            }
        } else if (event instanceof MigrationEvent.TargetFailed failed) {
            targetFailed(failed.text(), failed.remedy());
        } else if (event instanceof MigrationEvent.CancelAsked cancel) {
            cancelAsked(cancel.why());
        } else if (event instanceof MigrationEvent.StreamBroken broken) {
            streamBroken(broken.text());
        } else if (event instanceof MigrationEvent.LeaseLost) {
            isLeaseHeld = false;
            end(leaseLost());
        } else if (event instanceof MigrationEvent.LeaseHeld) {
            leaseHeld();
        } else {
            handleOutcome(event);
        }
    }

    /** Takes what an action led to. */
    private void handleOutcome(MigrationEvent.ForSource event) {
        if (event instanceof MigrationEvent.RecordSeen seen) {
            recordSeen(seen.record());
        } else if (event instanceof MigrationEvent.RecordGone) {
            recordGone();
        } else if (event instanceof MigrationEvent.RecordUnreadable) {
            recordUnreadable();
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
            guestSeen(guest);
        } else {
            throw new AssertionError("unhandled event: " + event);
        }
    }

    // ---- before the switch-over

    private void accepted(String endpoint) {
        if (state != State.OFFERED) {
            return;
        }
        state = State.SENDING;
        sendingSince = Optional.of(now);
        act(new MigrationAction.StartSending(endpoint));
        tell(Severity.INFO, "node " + attempt.migrating().target() + " accepted; the copy to " + endpoint + " begins");
    }

    private void rejected(Refusal refusal) {
        if (state == State.OFFERED) {
            String text = "node " + attempt.migrating().target() + " refused: " + refusal.text();
            Ending refused = new Ending(MigrationResult.Outcome.FAILED, text, refusal.remedy(), refusal.isRetryable());
            takeBack(true, refused);
        }
    }

    private void progressed(MoveProgress latest) {
        progress = latest;
        boolean isDue = progressSentAt
                .map(at -> now.minus(at).compareTo(PROGRESS_EVERY) >= 0)
                .orElse(true);
        if (state == State.SENDING && isStreamOpen && isDue) {
            progressSentAt = Optional.of(now);
            act(new MigrationAction.SendProgress(latest));
        }
    }

    private void cancelAsked(String why) {
        boolean isTooLate = state != State.OFFERED && (state != State.SENDING || pausedAt.isPresent());
        if (isTooLate) {
            tell(Severity.WARNING, "cancel came too late: the switch-over has begun and the migration goes on");
        } else if (ending.isPresent()) {
            tell(Severity.INFO, "cancel: the copy is being ended already");
        } else {
            end(Ending.cancelled(why));
        }
    }

    /** Ends the migration before its switch-over; does nothing once that has begun. */
    private void end(Ending why) {
        if (state == State.OFFERED) {
            act(new MigrationAction.SendCancel(why.reason()));
            takeBack(true, why);
        } else if (state == State.SENDING && pausedAt.isEmpty() && ending.isEmpty()) {
            if (isStreamOpen) {
                act(new MigrationAction.SendCancel(why.reason()));
            }
            endSending(why);
        }
    }

    @Override
    void targetFailed(String text, String remedy) {
        Ending failed = Ending.failed("node " + attempt.migrating().target() + " failed: " + text, remedy);
        if (state == State.OFFERED) {
            takeBack(true, failed);
        } else if (state == State.SENDING || state == State.LOOKING) {
            isTargetGone = true;
            endSending(failed);
        } else if (state == State.HANDED_OVER) {
            // The target destroyed its copy before it said so: from here on the record may name the source again.
            handedBack(failed);
        }
    }

    private void streamBroken(String text) {
        boolean wasOpen = isStreamOpen;
        isStreamOpen = false;
        Ending broken = Ending.failed(
                "the stream to node " + attempt.migrating().target() + " broke: " + text,
                "see whether that node and the network between the two are well");
        if (state == State.OFFERED) {
            takeBack(true, broken);
        } else if (state == State.SENDING || state == State.LOOKING) {
            tell(Severity.WARNING, broken.reason() + "; the guest stays here unless it has left already");
            endSending(broken);
        } else if (state == State.HANDED_OVER && wasOpen) {
            tell(
                    Severity.WARNING,
                    "the stream to node " + attempt.migrating().target() + " broke after the hand-over (" + text
                            + "); waiting for the record to say who has the guest");
            read();
            retryLater();
        }
    }

    /** Ends the sending, unless the switch-over has begun: then its outcome is waited for. */
    private void endSending(Ending why) {
        boolean isFirst = ending.isEmpty();
        ending = ending.or(() -> Optional.of(why));
        if (isFirst && state == State.SENDING && pausedAt.isEmpty()) {
            act(new MigrationAction.CancelSending(why.reason()));
        }
    }

    private void timer() {
        if (state == State.OFFERED && now.compareTo(terms.offerTimeout()) >= 0) {
            String text = "node " + attempt.migrating().target() + " did not answer the offer in "
                    + terms.offerTimeout().toSeconds() + " s";
            act(new MigrationAction.CutStream(text));
            isStreamOpen = false;
            takeBack(true, Ending.failed(text, "see whether that node is overloaded"));
            return;
        }
        if (state == State.SENDING && isOverdue()) {
            endSending(MigrationText.didNotConverge(terms.copyTimeout(), progress));
        }
        if (isRetryDue()) {
            retry();
        }
    }

    private boolean isOverdue() {
        return sendingSince
                .filter(since -> now.minus(since).compareTo(terms.copyTimeout()) >= 0)
                .isPresent();
    }

    // ---- the outcome of the copy

    private void departed(Duration hypervisorTime, long bytes) {
        if (state == State.SENDING || state == State.LOOKING) {
            this.hypervisorTime = hypervisorTime;
            this.bytes = bytes;
            leftHere();
        }
    }

    private void stayed(String reason) {
        if (state != State.SENDING && state != State.LOOKING) {
            return;
        }
        Ending why = endingOr(reason);
        if (isStreamOpen) {
            act(new MigrationAction.SendSourceFailed(why.reason()));
        }
        takeBack(true, why);
    }

    private void look(String reason) {
        if (state == State.SENDING) {
            state = State.LOOKING;
            act(GuestAct.LOOK);
            tell(Severity.WARNING, "the hypervisor cannot say where the guest is (" + reason + "); looking");
        }
    }

    private void guestSeen(MigrationEvent.GuestSeen guest) {
        boolean isRunning = guest.state().filter(GuestState::isExecuting).isPresent();
        if (state == State.HANDED_OVER && terms.isAtomic() && isRunning && !guest.isSending()) {
            takeBack(true, endingOr("the hypervisor kept the guest here"));
        }
        if (state != State.LOOKING) {
            return;
        }
        boolean isAbsent = guest.state().isEmpty();
        if (guest.state().filter(found -> found == GuestState.DEPARTED).isPresent() || (isAbsent && terms.isAtomic())) {
            leftHere();
        } else if (isRunning && guest.isSending()) {
            act(GuestAct.ABANDON);
        } else if (!guest.isSending()) {
            // A guest that is not to be found is no proof that it does not execute: no HandOver for it.
            stayed("the hypervisor could not say what became of the copy; it now says that the guest is "
                    + guest.state().map(GuestState::name).orElse("not there"));
        } else {
            retryLater();
        }
    }

    private void actDone(GuestAct act) {
        if (act == GuestAct.RESUME && state == State.RESUMING) {
            finish(notMoved());
        } else if (act == GuestAct.FORGET && state == State.LEAVING) {
            forgotten();
        } else if (act == GuestAct.TURN_OFF && state == State.TURNING_OFF) {
            finish(notMoved());
        } else if (act == GuestAct.ABANDON && state == State.LOOKING) {
            act(GuestAct.LOOK);
        }
    }

    private void actFailed(MigrationEvent.ActFailed failed) {
        if (failed.act() == GuestAct.SEND) {
            if (state == State.SENDING) {
                ending = ending.or(() -> Optional.of(Ending.failed(failed.text(), failed.remedy())));
                look(failed.text());
            }
        } else if (failed.act() == GuestAct.RESUME && state == State.RESUMING) {
            String text = "the record names " + attempt.self() + " but its guest does not resume: " + failed.text();
            tell(Severity.ERROR, text);
            finish(attempt.notMoved(endingOr(text)));
        } else if (failed.act() == GuestAct.FORGET && state == State.LEAVING) {
            tell(Severity.WARNING, "the copy left here could not be destroyed: " + failed.text());
            forgotten();
        } else if (state == State.LOOKING || state == State.TURNING_OFF) {
            tell(Severity.ERROR, failed.act() + " failed, trying again: " + failed.text());
            retryLater();
        }
    }
}
