package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What this coordinator has found out since it first saw an incarnation of a node being fenced. Never stored, and never
 * inherited: another coordinator begins its own.
 *
 * @param node which node
 * @param incarnation which incarnation of it is being fenced
 * @param since when this coordinator saw the record that says so: before that no answer counts
 * @param promiseEnds by voter that has the revocation on its disk: when the last promise that it ever made to this
 *     incarnation ends at the latest, by this coordinator's clock
 * @param votersVersion version of the set of voters that were asked
 * @param power what the node's fencing device says; empty if it has none
 */
public record Takeover(
        NodeId node,
        long incarnation,
        Instant since,
        SortedMap<NodeId, Instant> promiseEnds,
        long votersVersion,
        Optional<Power> power) {

    /** Copies the map. */
    public Takeover {
        promiseEnds = Collections.unmodifiableSortedMap(new TreeMap<>(promiseEnds));
    }

    /**
     * What a fencing device says of a node's power.
     *
     * @param state its last word
     * @param at when it was asked, by this coordinator's clock
     * @param offSent whether this coordinator has told it to switch the node off
     */
    public record Power(State state, Instant at, boolean offSent) {
        /** What it says. */
        public enum State {
            /** It supplies the node. */
            ON,
            /** It says itself that the node has no power: a proof. */
            OFF,
            /** It does not answer, or not in words that mean anything: no proof of anything. */
            UNKNOWN
        }
    }
}
