package io.drover.engine.lease;

import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a voter keeps on its own disk. It is written, and forced to the disk, before any answer that rests on it.
 *
 * @param voters the newest set of voters that it knows
 * @param revoked by node: the highest incarnation to which it promises nothing more
 */
public record VoterMemory(VoterSet voters, SortedMap<NodeId, Long> revoked) {
    /** Of a voter that was never told anything, or lost its disk. */
    public static final VoterMemory EMPTY = new VoterMemory(VoterSet.NONE, new TreeMap<>());

    /** Copies the map. */
    public VoterMemory {
        revoked = Collections.unmodifiableSortedMap(new TreeMap<>(revoked));
    }

    /** Whether an incarnation of a node can be promised nothing any more. */
    public boolean isRevoked(NodeId node, long incarnation) {
        return revoked.getOrDefault(node, 0L) >= incarnation;
    }

    /** With a revocation. */
    public VoterMemory revoking(NodeId node, long incarnation) {
        SortedMap<NodeId, Long> next = new TreeMap<>(revoked);
        next.merge(node, incarnation, Math::max);
        return new VoterMemory(voters, next);
    }

    /** With another set of voters. */
    public VoterMemory knowing(VoterSet newer) {
        return new VoterMemory(newer, revoked);
    }
}
