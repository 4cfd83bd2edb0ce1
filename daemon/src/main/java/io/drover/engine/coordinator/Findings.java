package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What this coordinator has found out by asking and by watching, besides what is stored and what nodes report. Never
 * stored, and never inherited: another coordinator begins with {@link #NONE}. Kept by {@link Takeovers}.
 *
 * @param self the node on which this coordinator runs
 * @param fenceable nodes that have a fencing device
 * @param powers the last word of each node's fencing device
 * @param knownSince since when this coordinator has known of each node's present incarnation
 * @param sessionlessSince since when it has seen a node without a session, of those that have none now
 * @param startingSince since when it has known of each VM that is starting, or is to, that it does
 * @param votersKnownSince since when it has known that the present set of voters is known; empty while it is not
 * @param votersOnDisk by voter: the newest version of the set of voters that it has said it has on its disk; 0 if it has
 *     said that it has none
 * @param revocations by voter: what it has said it has on its disk, the highest revoked incarnation of each node, once
 *     the last promise that it had made to the node has ended
 */
public record Findings(
        Optional<NodeId> self,
        SortedSet<NodeId> fenceable,
        SortedMap<NodeId, Takeover.Power> powers,
        SortedMap<NodeId, Instant> knownSince,
        SortedMap<NodeId, Instant> sessionlessSince,
        SortedMap<VmId, Instant> startingSince,
        Optional<Instant> votersKnownSince,
        SortedMap<NodeId, Long> votersOnDisk,
        SortedMap<NodeId, SortedMap<NodeId, Long>> revocations) {

    /** Of a coordinator that has just taken over. */
    public static final Findings NONE = new Findings(
            Optional.empty(),
            new TreeSet<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            new TreeMap<>(),
            Optional.empty(),
            new TreeMap<>(),
            new TreeMap<>());

    /** Copies the collections. */
    public Findings {
        fenceable = Collections.unmodifiableSortedSet(new TreeSet<>(fenceable));
        powers = sorted(powers);
        knownSince = sorted(knownSince);
        sessionlessSince = sorted(sessionlessSince);
        startingSince = sorted(startingSince);
        votersOnDisk = sorted(votersOnDisk);
        SortedMap<NodeId, SortedMap<NodeId, Long>> copies = new TreeMap<>();
        revocations.forEach((voter, known) -> copies.put(voter, sorted(known)));
        revocations = Collections.unmodifiableSortedMap(copies);
    }

    /** Whether a voter has said that it promises nothing more to an incarnation of a node, and none of old lives. */
    boolean isRevoked(NodeId voter, NodeId node, long incarnation) {
        Map<NodeId, Long> known = revocations.getOrDefault(voter, Collections.emptySortedMap());
        return known.getOrDefault(node, 0L) >= incarnation;
    }

    private static <K extends Comparable<K>, V> SortedMap<K, V> sorted(Map<K, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
