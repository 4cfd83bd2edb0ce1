package io.drover.engine.lease;

import io.drover.model.LeaseState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A node's own side of its lease, for one incarnation. Its states:
 *
 * <ul>
 *   <li>{@link LeaseState#NONE}, at first: to {@code HELD} once a majority of the voters has promised.
 *   <li>{@code HELD}: to {@code ENDING} when no majority has answered lately, {@code pauseBefore} ahead of the end.
 *   <li>{@code ENDING}: to {@code HELD} when a majority answers again; to {@code NONE} at the end.
 *   <li>{@code NONE} after that: to {@code HELD} when a majority answers again, which it does as long as nobody has
 *       revoked this incarnation; to {@link LeaseState#GIVEN_UP} when that took longer than {@code keepPaused}.
 * </ul>
 *
 * Not safe for several threads.
 */
public final class LeaseHolder {
    private final long incarnation;
    private LeaseTerms terms;
    private long lengthNanos;

    /** By voter: its last promise. Absent: it has made none. */
    private final Map<NodeId, Promise> promises = new HashMap<>();

    /** What a voter has promised, counted from when the request was sent. */
    private record Promise(long sentAt, long lengthNanos) {}

    private VoterSet voters;
    private boolean revoked;
    private long endsAt;
    private boolean hasDeadline;

    /** Whether a majority of an earlier set of voters had promised until {@link #earlierEndsAt}. */
    private boolean hasEarlier;

    private long earlierEndsAt;

    /**
     * A node that holds no lease yet.
     *
     * @param incarnation in which it joined
     * @param voters by which it counts for now
     */
    public LeaseHolder(long incarnation, LeaseTerms terms, VoterSet voters) {
        this.incarnation = incarnation;
        this.terms = terms;
        this.lengthNanos = lengthOf(terms.duration());
        this.voters = voters;
    }

    /** The terms are others from now on, also for what has been promised already: never for longer than that, though. */
    public void termsAre(LeaseTerms next) {
        terms = next;
        lengthNanos = lengthOf(next.duration());
        count();
    }

    private long lengthOf(Duration promised) {
        return new Drift(terms.driftPpm()).shortest(promised).toNanos();
    }

    /** By which it counts. */
    public LeaseTerms terms() {
        return terms;
    }

    /** In which the node joined. */
    public long incarnation() {
        return incarnation;
    }

    /** By which it counts. */
    public VoterSet voters() {
        return voters;
    }

    /**
     * A voter or the records named a set of voters; an older one than the present is ignored. What a majority of the
     * set before had promised holds until it ends: the two sets differ by one member, so that majority has a voter in
     * common with every one of the new set, and the set after the new one comes one lease later at the earliest.
     */
    public void learned(VoterSet found) {
        if (found.version() > voters.version()) {
            hasEarlier = hasDeadline;
            earlierEndsAt = endsAt;
            voters = found;
            count();
        }
    }

    /**
     * A voter has promised.
     *
     * @param sentAt when the request was <em>sent</em> that it answers
     */
    public void granted(NodeId voter, long sentAt) {
        granted(voter, sentAt, terms.duration());
    }

    /**
     * A voter has promised for a length that it names. The shorter of that and of what this node goes by counts, so that
     * the length may be changed while some know of it and others do not.
     */
    public void granted(NodeId voter, long sentAt, Duration promised) {
        Promise before = promises.get(voter);
        Promise now = new Promise(sentAt, lengthOf(promised));
        if (before == null || endOf(before) - endOf(now) < 0) {
            promises.put(voter, now);
            count();
        }
    }

    private long endOf(Promise promise) {
        return promise.sentAt + Math.min(promise.lengthNanos, lengthNanos);
    }

    /**
     * A voter has said that it promises nothing more to this incarnation: the node has to join anew. Promises that were
     * made before live on until they end.
     */
    public void revoked() {
        revoked = true;
    }

    /** Whether this incarnation can get no lease any more. */
    public boolean isRevoked() {
        return revoked;
    }

    private void count() {
        int needed = voters.majority();
        long[] ends = voters.members().stream()
                .map(promises::get)
                .filter(Objects::nonNull)
                .mapToLong(this::endOf)
                .toArray();
        hasDeadline = ends.length >= needed;
        if (hasDeadline) {
            Arrays.sort(ends);
            // With those that end later than this one, it is a majority.
            endsAt = ends[ends.length - needed];
        }
        if (hasEarlier && (!hasDeadline || earlierEndsAt - endsAt > 0)) {
            hasDeadline = true;
            endsAt = earlierEndsAt;
        }
    }

    /** Whether a majority of the voters has ever promised; the moments below mean something only then. */
    public boolean hasDeadline() {
        return hasDeadline;
    }

    /** When the last majority of promises ends. Nothing may execute from then on. */
    public long endsAt() {
        return endsAt;
    }

    /** When the pausing has to begin. */
    public long pausesAt() {
        return endsAt - terms.pauseBefore().toNanos();
    }

    /** When the paused copies are turned off. */
    public long givesUpAt() {
        return endsAt + terms.keepPaused().toNanos();
    }

    /** How the node stands to its lease at a moment. */
    public LeaseState state(long now) {
        if (!hasDeadline) {
            return LeaseState.NONE;
        } else if (now - pausesAt() < 0) {
            return LeaseState.HELD;
        } else if (now - endsAt < 0) {
            return LeaseState.ENDING;
        }
        return now - givesUpAt() < 0 ? LeaseState.NONE : LeaseState.GIVEN_UP;
    }
}
