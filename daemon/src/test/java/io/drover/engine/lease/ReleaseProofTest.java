package io.drover.engine.lease;

import static io.drover.engine.lease.Voting.A;
import static io.drover.engine.lease.Voting.B;
import static io.drover.engine.lease.Voting.C;
import static io.drover.engine.lease.Voting.D;
import static io.drover.engine.lease.Voting.TERMS;
import static io.drover.engine.lease.Voting.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When the voters' word is a proof. */
class ReleaseProofTest {
    private static final VoterSet THREE = set(3, A, B, C);
    private static final Instant END = Instant.parse("2030-01-01T00:00:00Z");
    private static final Duration MARGIN =
            new Drift(TERMS.driftPpm()).longest(TERMS.killTime()).plus(TERMS.granularity());

    @Test
    void oneOfThreeProvesNothing() {
        assertThat(ReleaseProof.at(THREE, Map.of(A, END), TERMS)).isEmpty();
        assertThat(ReleaseProof.at(THREE, Map.of(), TERMS)).isEmpty();
    }

    @Test
    void theLastPromiseOfAMajorityAndTheHardestKillAreWaitedFor() {
        Map<NodeId, Instant> ends = Map.of(A, END, B, END.plusSeconds(2));
        assertThat(ReleaseProof.at(THREE, ends, TERMS))
                .contains(END.plusSeconds(2).plus(MARGIN));
        assertThat(MARGIN).isGreaterThan(TERMS.killTime().plus(TERMS.granularity()));
    }

    @Test
    void theLatestOfMoreThanAMajorityNeedNotBeWaitedFor() {
        Map<NodeId, Instant> ends = Map.of(A, END, B, END.plusSeconds(2), C, END.plusSeconds(9));
        assertThat(ReleaseProof.at(THREE, ends, TERMS))
                .contains(END.plusSeconds(2).plus(MARGIN));
    }

    @Test
    void whoDoesNotVoteDoesNotCount() {
        assertThat(ReleaseProof.at(THREE, Map.of(A, END, D, END), TERMS)).isEmpty();
    }

    @Test
    void aSetThatIsNotKnownYetProvesNothing() {
        Map<NodeId, Instant> ends = Map.of(A, END, B, END, C, END, D, END);
        VoterSet four = THREE.with(D);
        assertThat(ReleaseProof.at(four, ends, TERMS)).isEmpty();
        assertThat(ReleaseProof.at(four.nowKnown(), ends, TERMS)).isPresent();
        assertThat(ReleaseProof.at(four.nowKnown(), Map.of(A, END, B, END), TERMS))
                .isEmpty();
    }

    @Test
    void nobodyProvesNothing() {
        assertThat(ReleaseProof.at(VoterSet.NONE, Map.of(A, END), TERMS)).isEmpty();
    }
}
