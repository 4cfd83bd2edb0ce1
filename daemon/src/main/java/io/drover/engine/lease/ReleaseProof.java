package io.drover.engine.lease;

import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When it is proved, without a fencing device, that an incarnation of a node executes nothing.
 *
 * <p>The coordinator has stored that the incarnation is being fenced, a majority of the voters has on disk that it
 * promises nothing more to it, and the last promise of each of that majority has ended. The node counts each of these
 * promises from before its voter did and needs a majority of them, so it holds no lease then; at the end of its lease it
 * stands still, or is being killed, which takes {@code killTime} by its clock.
 */
public final class ReleaseProof {
    private ReleaseProof() {}

    /**
     * The moment of the proof; empty while too few voters have answered.
     *
     * @param voters who counts; while they are not {@linkplain VoterSet#known known} there is no proof
     * @param promiseEnds by voter: when its last promise ends at the latest, by the caller's clock
     */
    public static Optional<Instant> at(VoterSet voters, Map<NodeId, Instant> promiseEnds, LeaseTerms terms) {
        List<Instant> ends = voters.members().stream()
                .filter(promiseEnds::containsKey)
                .map(promiseEnds::get)
                .sorted()
                .toList();
        if (!voters.known() || ends.size() < voters.majority()) {
            return Optional.empty();
        }
        Instant lastOfMajority = ends.get(voters.majority() - 1);
        return Optional.of(lastOfMajority
                .plus(new Drift(terms.driftPpm()).longest(terms.killTime()))
                .plus(terms.granularity()));
    }
}
