package io.drover.engine.lease;

import static io.drover.engine.lease.Voting.A;
import static io.drover.engine.lease.Voting.B;
import static io.drover.engine.lease.Voting.C;
import static io.drover.engine.lease.Voting.D;
import static io.drover.engine.lease.Voting.TERMS;
import static io.drover.engine.lease.Voting.seconds;
import static io.drover.engine.lease.Voting.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.LeaseState;
import io.drover.model.VoterSet;
import org.junit.jupiter.api.Test;

/** A node's own count. */
class LeaseHolderTest {
    private static final VoterSet THREE = set(3, A, B, C);

    private final LeaseHolder holder = new LeaseHolder(7, TERMS, THREE);

    @Test
    void aMajorityMustHavePromised() {
        assertThat(holder.state(0)).isEqualTo(LeaseState.NONE);
        holder.granted(A, 0);
        assertThat(holder.state(0)).isEqualTo(LeaseState.NONE);
        holder.granted(A, seconds(1));
        assertThat(holder.hasDeadline()).isFalse();
        holder.granted(B, 0);
        assertThat(holder.state(seconds(1))).isEqualTo(LeaseState.HELD);
    }

    @Test
    void aPromiseOfSomebodyWhoDoesNotVoteCountsNothing() {
        holder.granted(A, 0);
        holder.granted(D, 0);
        assertThat(holder.hasDeadline()).isFalse();
    }

    @Test
    void theCountBeginsWhenTheRequestWasSentAndLeavesRoomForTheDriftOfBothClocks() {
        holder.granted(A, seconds(10));
        holder.granted(B, seconds(10));
        long length = new Drift(TERMS.driftPpm()).shortest(TERMS.duration()).toNanos();
        assertThat(holder.endsAt()).isEqualTo(seconds(10) + length);
        assertThat(length).isLessThan(TERMS.duration().toNanos());
    }

    @Test
    void itEndsWithThePromiseWithoutWhichThereIsNoMajority() {
        holder.granted(A, seconds(1));
        holder.granted(B, seconds(2));
        holder.granted(C, seconds(3));
        long length = holder.endsAt() - seconds(2);
        assertThat(length).isPositive();
        holder.granted(A, seconds(4));
        assertThat(holder.endsAt()).isEqualTo(seconds(3) + length);
    }

    @Test
    void anAnswerToAnOldRequestShortensNothing() {
        holder.granted(A, seconds(5));
        holder.granted(B, seconds(5));
        long before = holder.endsAt();
        holder.granted(A, seconds(1));
        holder.granted(B, seconds(1));
        assertThat(holder.endsAt()).isEqualTo(before);
    }

    @Test
    void itGoesFromHeldToEndingToNoneToGivenUp() {
        holder.granted(A, 0);
        holder.granted(B, 0);
        assertThat(holder.state(holder.pausesAt() - 1)).isEqualTo(LeaseState.HELD);
        assertThat(holder.state(holder.pausesAt())).isEqualTo(LeaseState.ENDING);
        assertThat(holder.state(holder.endsAt() - 1)).isEqualTo(LeaseState.ENDING);
        assertThat(holder.state(holder.endsAt())).isEqualTo(LeaseState.NONE);
        assertThat(holder.state(holder.givesUpAt() - 1)).isEqualTo(LeaseState.NONE);
        assertThat(holder.state(holder.givesUpAt())).isEqualTo(LeaseState.GIVEN_UP);
        assertThat(holder.endsAt() - holder.pausesAt())
                .isEqualTo(TERMS.pauseBefore().toNanos());
        assertThat(holder.givesUpAt() - holder.endsAt())
                .isEqualTo(TERMS.keepPaused().toNanos());
    }

    @Test
    void anAnswerThatComesTooLateBringsItBackAsLongAsNobodyTookItOver() {
        holder.granted(A, 0);
        holder.granted(B, 0);
        assertThat(holder.state(seconds(30))).isEqualTo(LeaseState.GIVEN_UP);
        holder.granted(B, seconds(30));
        holder.granted(C, seconds(30));
        assertThat(holder.state(seconds(31))).isEqualTo(LeaseState.HELD);
    }

    @Test
    void whatWasPromisedBeforeARevocationLivesOnUntilItEnds() {
        holder.granted(A, 0);
        holder.granted(B, 0);
        holder.revoked();
        assertThat(holder.isRevoked()).isTrue();
        assertThat(holder.state(seconds(1))).isEqualTo(LeaseState.HELD);
        assertThat(holder.state(holder.endsAt())).isEqualTo(LeaseState.NONE);
    }

    @Test
    void anotherSetCountsForWhatComesAfterItAndAnOlderOneNever() {
        holder.granted(A, 0);
        holder.granted(B, 0);
        long promised = holder.endsAt();
        holder.learned(set(4, A, B, C, D));
        assertThat(holder.endsAt()).isEqualTo(promised);
        holder.granted(A, seconds(2));
        holder.granted(B, seconds(2));
        assertThat(holder.endsAt()).as("two of four are no majority").isEqualTo(promised);
        holder.granted(D, seconds(2));
        assertThat(holder.state(seconds(4.5))).isEqualTo(LeaseState.HELD);
        holder.learned(set(2, A));
        assertThat(holder.voters().version()).isEqualTo(4);
    }

    @Test
    void aClockThatOverflowsChangesNothing() {
        long before = Long.MAX_VALUE - seconds(1);
        holder.granted(A, before);
        holder.granted(B, before);
        holder.granted(C, before + seconds(0.5));
        assertThat(holder.state(before + seconds(2))).isEqualTo(LeaseState.HELD);
        assertThat(holder.state(before + seconds(5))).isEqualTo(LeaseState.NONE);
    }

    @Test
    void nobodyVotesNobodyHolds() {
        LeaseHolder alone = new LeaseHolder(1, TERMS, VoterSet.NONE);
        alone.granted(A, 0);
        assertThat(alone.state(0)).isEqualTo(LeaseState.NONE);
    }
}
