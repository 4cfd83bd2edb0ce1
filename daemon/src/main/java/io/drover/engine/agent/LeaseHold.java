package io.drover.engine.agent;

import io.drover.model.LeaseState;
import java.time.Instant;
import java.util.Optional;

/** How a node stands to its lease, and what that allows. */
final class LeaseHold {
    private LeaseState state = LeaseState.NONE;
    private Optional<InheritedLease> inherited = Optional.empty();
    private boolean wasEverHeld;
    private boolean isMarked;
    private boolean wasEverMarked;
    private boolean isLeaving;
    private long heldFrom;
    private long marksFrom;
    private Instant markStaysUntil = Instant.MIN;

    /**
     * Begins.
     *
     * @param lateCallsUntil until when a call may still take effect that an earlier process has made: a pause among them
     *     is the lease's, not a person's, so a mark that was found stays until then
     */
    void start(boolean isHoldMarkSet, Optional<InheritedLease> found, Instant lateCallsUntil) {
        isMarked = isHoldMarkSet;
        wasEverMarked = isHoldMarkSet;
        inherited = found;
        if (isHoldMarkSet) {
            markStaysUntil = lateCallsUntil;
        }
    }

    /**
     * Takes the state of now.
     *
     * @param lastId the last id that was given out: what was asked before the lease is held again says nothing about
     *     who owns what from then on
     */
    void become(LeaseState next, long lastId) {
        if (next == LeaseState.HELD && state != LeaseState.HELD) {
            if (wasEverHeld) {
                heldFrom = lastId;
            }
            wasEverHeld = true;
            marksFrom = lastId;
        }
        state = next;
    }

    LeaseState state() {
        return state;
    }

    boolean isHeld() {
        return state == LeaseState.HELD;
    }

    /** Whether a guest may begin to execute, a record be claimed, or a migration be begun. */
    boolean mayBegin() {
        return isHeld() && !isLeaving;
    }

    /** Whether guests that execute may go on. */
    boolean mayExecute(Instant now) {
        return isHeld()
                || (isInherited() && now.isBefore(inherited.orElseThrow().pausesAt()));
    }

    /** Whether nothing may execute any more: what does, is turned off. */
    boolean hasEnded(Instant now) {
        if (isInherited()) {
            return !now.isBefore(inherited.orElseThrow().endsAt());
        }
        return state == LeaseState.NONE || state == LeaseState.GIVEN_UP;
    }

    /** Whether paused copies are turned off. */
    boolean hasGivenUp(Instant now) {
        if (isInherited()) {
            return !now.isBefore(inherited.orElseThrow().givesUpAt());
        }
        return state == LeaseState.GIVEN_UP;
    }

    private boolean isInherited() {
        return state == LeaseState.NONE && !wasEverHeld && inherited.isPresent();
    }

    /** When the standing changes by itself; {@link Instant#MAX} if it does not. */
    Instant changesAt(Instant now) {
        if (!isInherited()) {
            return Instant.MAX;
        }
        InheritedLease left = inherited.orElseThrow();
        if (now.isBefore(left.pausesAt())) {
            return left.pausesAt();
        } else if (now.isBefore(left.endsAt())) {
            return left.endsAt();
        }
        return now.isBefore(left.givesUpAt()) ? left.givesUpAt() : Instant.MAX;
    }

    /** Whether a record that was asked for under an id was read, or written, while the lease has been held. */
    boolean isFresh(long id) {
        return id > heldFrom;
    }

    /** Whether paused guests are held by the lease and not by a person. */
    boolean isMarked() {
        return isMarked;
    }

    /** Takes the mark of now; the last id that was given out, as above. */
    void mark(boolean isSet, long lastId) {
        isMarked = isSet;
        marksFrom = lastId;
        wasEverMarked |= isSet;
    }

    /** Keeps the mark at least until then, if it is set: a pause of the lease may still take effect. */
    void keepMark(Instant until) {
        markStaysUntil = until.isAfter(markStaysUntil) ? until : markStaysUntil;
    }

    /** Whether the mark can be judged by a look with an id: it began after the mark was set and the lease held. */
    boolean canJudgeMark(long look, Instant now) {
        return isMarked && isHeld() && look > marksFrom && !now.isBefore(markStaysUntil);
    }

    /**
     * Whether nothing is left of what an earlier process may have known: the host was started since, or the node has lost
     * what it kept. Who paused a guest, nobody can say then.
     */
    boolean remembersNothing() {
        return inherited.isEmpty() && !wasEverMarked;
    }

    /** Whether the mark was set at some time of this incarnation: a guest that it found off may be off by the lease. */
    boolean wasEverMarked() {
        return wasEverMarked;
    }

    /** The node joins anew: nothing begins any more. */
    void leave() {
        isLeaving = true;
    }

    boolean isLeaving() {
        return isLeaving;
    }
}
