package io.drover.engine.migration;

import io.drover.model.MigrationResult;
import io.drover.model.MoveProgress;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What both sides of a try have in common: the newest reading of the record, the one compare-and-set that may be under
 * way, and what the present step leads to.
 *
 * <p>Fields are assigned only while a step is made, on a copy that nobody else has seen yet.
 */
abstract class MigrationSide {
    final Attempt attempt;
    final MigrationTerms terms;
    private final List<MigrationAction> actions = new ArrayList<>();
    private final List<Reason> reasons = new ArrayList<>();

    VmRecord record;
    Duration now = Duration.ZERO;
    boolean isStreamOpen = true;
    boolean isCommitting;
    /** Whether the node holds its lease: without it, no guest is let go on here and no record is claimed. */
    boolean isLeaseHeld = true;

    MoveProgress progress = MoveProgress.NONE;
    Optional<Ending> ending = Optional.empty();
    Optional<Duration> retryAt = Optional.empty();
    private int losses;

    MigrationSide(Attempt attempt, MigrationTerms terms, VmRecord record) {
        if (!attempt.isCurrent(record)) {
            throw new IllegalArgumentException(attempt + ": record of VM '" + record.id() + "' says " + record.phase()
                    + " (expected: this attempt)");
        }
        this.attempt = attempt;
        this.terms = terms;
        this.record = record;
    }

    MigrationSide(MigrationSide from) {
        attempt = from.attempt;
        terms = from.terms;
        record = from.record;
        now = from.now;
        isStreamOpen = from.isStreamOpen;
        isCommitting = from.isCommitting;
        isLeaseHeld = from.isLeaseHeld;
        progress = from.progress;
        ending = from.ending;
        retryAt = from.retryAt;
        losses = from.losses;
    }

    /** Which try this is. */
    public final Attempt attempt() {
        return attempt;
    }

    /** How far the copy is. */
    public final MoveProgress progress() {
        return progress;
    }

    final <S> MigrationStep<S> step(S next) {
        MigrationStep<S> step = new MigrationStep<>(next, actions, reasons);
        actions.clear();
        reasons.clear();
        return step;
    }

    final void act(MigrationAction action) {
        actions.add(action);
    }

    final void act(GuestAct act) {
        actions.add(new MigrationAction.Act(act));
    }

    final void tell(Severity severity, String text) {
        reasons.add(attempt.reason(severity, text));
    }

    final void finished(MigrationResult result) {
        retryAt = Optional.empty();
        actions.add(new MigrationAction.Finish(result));
        reasons.add(MigrationText.ended(attempt, result));
    }

    /** Takes a reading, unless it is older than what this session has seen; whether it did. */
    final boolean adopt(VmRecord seen) {
        if (seen.revision() < record.revision()) {
            return false;
        }
        losses = seen.revision() > record.revision() ? 0 : losses;
        record = seen;
        return true;
    }

    final void commit(VmRecord next) {
        isCommitting = true;
        actions.add(new MigrationAction.Commit(record, next));
    }

    /** The first loss is explained by a reading; more of them, without a newer one, are stale readings: then wait. */
    final void commitLost() {
        isCommitting = false;
        losses++;
        if (losses == 1) {
            read();
        } else {
            retryLater();
        }
    }

    final void read() {
        if (!isCommitting) {
            actions.add(new MigrationAction.ReadRecord());
        }
    }

    final void retryLater() {
        retryAt = Optional.of(now.plus(MigrationTerms.RETRY_AFTER));
    }

    /** Whether something is to be tried again by now; true once. */
    final boolean isRetryDue() {
        boolean isDue = retryAt.filter(at -> now.compareTo(at) >= 0).isPresent();
        if (isDue) {
            retryAt = Optional.empty();
        }
        return isDue;
    }

    final Ending leaseLost() {
        return Ending.failed(
                "node " + attempt.self() + " is about to lose its lease",
                "see whether it is in contact with a majority of the voters");
    }

    final Ending endingOr(String reason) {
        return ending.orElseGet(() -> Ending.failed(reason, ""));
    }
}
