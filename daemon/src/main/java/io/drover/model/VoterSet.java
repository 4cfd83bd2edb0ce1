package io.drover.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The nodes whose promises count for leases. It changes by one member at a time, so that a majority of one version and a
 * majority of the next always share a member. The next change may come only once this version is {@code known}, and one
 * lease later: then no promise that was counted by the version before it is still alive.
 *
 * @param version grows by one with each change; 0: there is none yet
 * @param members who counts
 * @param previous who counted in the version before
 * @param known a majority of {@code previous} has this version on disk, and refuses requests that count by an older one
 */
public record VoterSet(long version, SortedSet<NodeId> members, SortedSet<NodeId> previous, boolean known) {
    /** Before the first node has joined. */
    public static final VoterSet NONE = new VoterSet(0, new TreeSet<>(), new TreeSet<>(), true);

    /**
     * Copies the sets.
     *
     * @throws IllegalArgumentException if more than one member changed
     */
    public VoterSet {
        members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
        previous = Collections.unmodifiableSortedSet(new TreeSet<>(previous));
        SortedSet<NodeId> joined = new TreeSet<>(members);
        joined.removeAll(previous);
        SortedSet<NodeId> left = new TreeSet<>(previous);
        left.removeAll(members);
        if (joined.size() + left.size() > 1) {
            throw new IllegalArgumentException(
                    "voters: " + members + " after " + previous + " (expected: one change at a time)");
        }
    }

    /** How many members are a majority. */
    public int majority() {
        return members.size() / 2 + 1;
    }

    /** With one more member; not known yet. */
    public VoterSet with(NodeId node) {
        SortedSet<NodeId> next = new TreeSet<>(members);
        next.add(node);
        return new VoterSet(version + 1, next, members, false);
    }

    /** With one member less; not known yet. */
    public VoterSet without(NodeId node) {
        SortedSet<NodeId> next = new TreeSet<>(members);
        next.remove(node);
        return new VoterSet(version + 1, next, members, false);
    }

    /** Known by a majority of those who counted before. */
    public VoterSet nowKnown() {
        return new VoterSet(version, members, previous, true);
    }
}
