package io.drover.engine.migration;

import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.Severity;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/** The target and the record: committing, and noting that nothing is held. */
abstract sealed class TargetSettlement extends MigrationSide permits TargetMigration {
    TargetMigration.State state = TargetMigration.State.PREPARING;
    boolean isSourceKeeping;
    long bytes;
    Duration pausedFor = Duration.ZERO;
    Duration hypervisorTime = Duration.ZERO;
    Optional<Duration> handedOverAt = Optional.empty();
    Optional<Duration> resumedAt = Optional.empty();

    TargetSettlement(Attempt attempt, MigrationTerms terms, VmRecord record) {
        super(attempt, terms, record);
    }

    TargetSettlement(TargetSettlement from) {
        super(from);
        state = from.state;
        isSourceKeeping = from.isSourceKeeping;
        bytes = from.bytes;
        pausedFor = from.pausedFor;
        hypervisorTime = from.hypervisorTime;
        handedOverAt = from.handedOverAt;
        resumedAt = from.resumedAt;
    }

    /** Destroys what is here. */
    abstract void discard();

    /** Asks the hypervisor what is here. */
    abstract void look();

    // ---- the record

    final void decideCommitting() {
        if (isCommitting) {
            return;
        }
        if (attempt.isCurrent(record)) {
            if (isLeaseHeld) {
                commit(record.arrivedAt(attempt.self(), attempt.incarnation(), moved()));
            }
        } else if (attempt.isWon(record)) {
            arrived();
        } else {
            turnOff();
        }
    }

    /** The lease is back: what waited for it goes on, by a new reading. */
    final void leaseHeld() {
        isLeaseHeld = true;
        if (state == TargetMigration.State.COMMITTING) {
            read();
        }
    }

    private void arrived() {
        if (isStreamOpen) {
            act(new MigrationAction.SendCommitted(record.generation()));
        }
        finish(moved());
    }

    private void turnOff() {
        String text = "the guest executes on " + attempt.self() + " but the record says " + record.phase()
                + ": turning it off here";
        ending = Optional.of(Ending.failed(text, ""));
        state = TargetMigration.State.TURNING_OFF;
        retryAt = Optional.empty();
        act(GuestAct.TURN_OFF);
        tell(Severity.ERROR, text);
    }

    final void note() {
        state = TargetMigration.State.NOTING;
        retryAt = Optional.empty();
        read();
    }

    private void decideNoting() {
        if (isCommitting) {
            return;
        }
        Ending why = endingOr("the target gave up");
        if (attempt.isCurrent(record) && !attempt.hasNote(record)) {
            commit(record.withLastMigration(attempt.notMoved(why)));
        } else {
            finish(attempt.notMoved(why));
        }
    }

    final void recordSeen(VmRecord seen) {
        if (!adopt(seen)) {
            retryLater();
            return;
        }
        switch (state) {
            case COMMITTING -> decideCommitting();
            case NOTING -> decideNoting();
            case RECEIVING -> {
                if (!attempt.isCurrent(record) || attempt.hasNote(record)) {
                    String text = "this attempt has been given up: the record says " + record.phase();
                    ending = ending.or(() -> Optional.of(Ending.failed(text, "")));
                    discard();
                }
            }
            case PREPARING, LOOKING, RESUMING, DISCARDING, TELLING, TURNING_OFF, FINISHED -> {
                /* The guest's state is needed first, or the record has been acted on. */
            }
        }
    }

    final void recordGone() {
        if (state == TargetMigration.State.NOTING) {
            finish(attempt.notMoved(endingOr("the record of the VM is gone")));
        } else if (state == TargetMigration.State.COMMITTING) {
            String text = "the record of the VM is gone; its guest is left as it is on " + attempt.self();
            tell(Severity.ERROR, text);
            finish(attempt.notMoved(Ending.hopeless(text, "add the VM again, or turn the guest off by hand")));
        }
    }

    final void commitWon(VmRecord written) {
        isCommitting = false;
        recordSeen(written);
    }

    final void retry() {
        switch (state) {
            case COMMITTING, NOTING -> read();
            case TELLING -> note();
            // What could not be destroyed may execute by now: it is looked at again first.
            case LOOKING, DISCARDING -> look();
            case TURNING_OFF -> act(GuestAct.TURN_OFF);
            case PREPARING, RECEIVING, RESUMING, FINISHED -> {
                /* Nothing to repeat. */
            }
        }
    }

    // ---- the end

    final void finish(MigrationResult result) {
        state = TargetMigration.State.FINISHED;
        finished(result);
    }

    /** What is known here: the source knows the blackout better, and writes it afterwards. */
    final MigrationResult moved() {
        Duration resume = handedOverAt
                .flatMap(from -> resumedAt.map(to -> to.minus(from)))
                .orElse(Duration.ZERO);
        long sent = Math.max(bytes, progress.bytesSent());
        return attempt.moved(new MigrationFigures(pausedFor.plus(resume), now, hypervisorTime, sent));
    }
}
