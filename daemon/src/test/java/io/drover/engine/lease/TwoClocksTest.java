package io.drover.engine.lease;

import static io.drover.engine.lease.Voting.A;
import static io.drover.engine.lease.Voting.B;
import static io.drover.engine.lease.Voting.C;
import static io.drover.engine.lease.Voting.NODE;
import static io.drover.engine.lease.Voting.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever the clocks do within their bounds, and however long messages take, the node's count ends before the voters'. */
class TwoClocksTest {
    private static final int TRIES = 200_000;
    private static final List<NodeId> VOTERS = List.of(A, B, C);
    private static final VoterSet THREE = set(3, A, B, C);

    private record Clock(double rate, long offset) {
        long at(double real) {
            return offset + (long) (real * rate);
        }

        double real(long reading) {
            return (reading - offset) / rate;
        }
    }

    private static Clock clock(SplittableRandom random, int ppm) {
        double extreme = random.nextBoolean() ? 1 : -1;
        double share = random.nextInt(3) == 0 ? 2 * random.nextDouble() - 1 : extreme;
        return new Clock(1 + share * ppm / 1e6, random.nextLong(-(1L << 40), 1L << 40));
    }

    @Test
    void theHoldersCountEndsBeforeAMajorityOfThePromises() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < TRIES; i++) {
            int ppm = random.nextInt(100_001);
            LeaseTerms plain = LeaseTerms.DEFAULTS;
            LeaseTerms terms = new LeaseTerms(
                    plain.duration(),
                    plain.renewEvery(),
                    plain.pauseBefore(),
                    plain.keepPaused(),
                    plain.killTime(),
                    Duration.ZERO,
                    ppm);
            Clock mine = clock(random, ppm);
            Clock coordinators = clock(random, ppm);
            LeaseHolder holder = new LeaseHolder(1, terms, THREE);
            int open = 0;
            double[] ends = new double[3];
            for (int v = 0; v < 3; v++) {
                Clock theirs = clock(random, ppm);
                LeaseVoter voter =
                        new LeaseVoter(VOTERS.get(v), terms, VoterMemory.EMPTY.knowing(THREE), theirs.at(-1e12));
                double sent = random.nextDouble() * 1e9;
                double received = sent + random.nextDouble() * 2e9;
                voter.renew(NODE, 1, 3, theirs.at(received));
                holder.granted(VOTERS.get(v), mine.at(sent));
                // Asked while the promise lives, and long after.
                double asked = received + random.nextDouble() * 2e10;
                double answered = asked + random.nextDouble() * 1e9;
                Duration left = voter.promiseEndsIn(NODE, theirs.at(asked));
                ends[v] = coordinators.real(
                        coordinators.at(answered) + new Drift(ppm).latest(left).toNanos());
            }
            double end = mine.real(holder.endsAt());
            for (double each : ends) {
                // A microsecond, for the rounding of this test's own arithmetic.
                open += each + 1_000 >= end ? 1 : 0;
            }
            assertThat(open).as("try %d", i).isGreaterThanOrEqualTo(2);
        }
    }
}
