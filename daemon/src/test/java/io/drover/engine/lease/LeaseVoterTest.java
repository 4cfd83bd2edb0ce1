package io.drover.engine.lease;

import static io.drover.engine.lease.Voting.A;
import static io.drover.engine.lease.Voting.B;
import static io.drover.engine.lease.Voting.C;
import static io.drover.engine.lease.Voting.D;
import static io.drover.engine.lease.Voting.LEASE;
import static io.drover.engine.lease.Voting.NODE;
import static io.drover.engine.lease.Voting.TERMS;
import static io.drover.engine.lease.Voting.seconds;
import static io.drover.engine.lease.Voting.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.RenewalSeen;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a voter promises, and what it takes back. */
class LeaseVoterTest {
    private static final VoterSet THREE = set(3, A, B, C);
    private static final LeaseVoter.Answer GRANTED = new LeaseVoter.Answer.Granted();
    private static final LeaseVoter.Answer REVOKED = new LeaseVoter.Answer.Revoked();

    /** Started so long ago that nothing of a process before it can be alive. */
    private final LeaseVoter voter = new LeaseVoter(A, TERMS, VoterMemory.EMPTY.knowing(THREE), -10 * LEASE);

    @Test
    void itPromisesForOneLeaseFromTheReceipt() {
        assertThat(voter.renew(NODE, 1, 3, seconds(10))).isEqualTo(GRANTED);
        assertThat(voter.promiseEndsIn(NODE, seconds(10))).isEqualTo(TERMS.duration());
        assertThat(voter.promiseEndsIn(NODE, seconds(11)))
                .isEqualTo(TERMS.duration().minusSeconds(1));
        assertThat(voter.promiseEndsIn(NODE, seconds(20)))
                .as("who asks late hears how long ago it ended")
                .isEqualTo(TERMS.duration().minusSeconds(10));
        assertThat(voter.promiseEndsIn(B, seconds(10)).isNegative())
                .as("only a process before this one can have promised anything")
                .isTrue();
    }

    @Test
    void whatIsRevokedIsNeverPromisedAgainAndTheNextIncarnationIs() {
        voter.renew(NODE, 4, 3, 0);
        assertThat(voter.revoke(NODE, 4)).isTrue();
        assertThat(voter.revoke(NODE, 4)).isFalse();
        assertThat(voter.renew(NODE, 4, 3, seconds(1))).isEqualTo(REVOKED);
        assertThat(voter.renew(NODE, 3, 3, seconds(1))).isEqualTo(REVOKED);
        assertThat(voter.renew(B, 4, 3, seconds(1))).isEqualTo(GRANTED);
        assertThat(voter.promiseEndsIn(NODE, seconds(1))).isEqualTo(Duration.ofSeconds(3));
        assertThat(voter.renew(NODE, 5, 3, seconds(1))).isEqualTo(GRANTED);
    }

    @Test
    void aRevocationSurvivesARestartAndIsNeverWeakened() {
        voter.revoke(NODE, 4);
        voter.revoke(NODE, 2);
        LeaseVoter restarted = new LeaseVoter(A, TERMS, voter.memory(), 0);
        assertThat(restarted.renew(NODE, 4, 3, 0)).isEqualTo(REVOKED);
    }

    @Test
    void aVoterThatStartsCountsEverybodyAsPromisedForOneLease() {
        LeaseVoter restarted = new LeaseVoter(A, TERMS, voter.memory(), seconds(100));
        assertThat(restarted.promiseEndsIn(NODE, seconds(101))).isEqualTo(Duration.ofSeconds(3));
        assertThat(restarted.promiseEndsIn(NODE, seconds(104))).isZero();
        restarted.renew(NODE, 1, 3, seconds(103));
        assertThat(restarted.promiseEndsIn(NODE, seconds(104))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void whoCountsByAnOlderSetIsToldTheNewerOne() {
        assertThat(voter.renew(NODE, 1, 2, 0)).isEqualTo(new LeaseVoter.Answer.OtherVoters(THREE));
        assertThat(voter.promiseEndsIn(NODE, 0).isNegative()).isTrue();
        assertThat(voter.renew(NODE, 1, 4, 0)).isEqualTo(GRANTED);
    }

    @Test
    void whoIsNoMemberOrKnowsNobodyDoesNotVote() {
        LeaseVoter stranger = new LeaseVoter(D, TERMS, VoterMemory.EMPTY.knowing(THREE), 0);
        assertThat(stranger.renew(NODE, 1, 3, 0)).isInstanceOf(LeaseVoter.Answer.NotVoting.class);
        LeaseVoter blank = new LeaseVoter(A, TERMS, VoterMemory.EMPTY, 0);
        assertThat(blank.renew(NODE, 1, 3, 0)).isInstanceOf(LeaseVoter.Answer.NotVoting.class);
    }

    @Test
    void aNewerSetIsKeptAndAnOlderOneIsNot() {
        VoterSet four = THREE.with(D);
        assertThat(voter.announce(four, Map.of())).isEmpty();
        assertThat(voter.memory().voters()).isEqualTo(four);
        assertThat(voter.announce(THREE, Map.of())).isEmpty();
        assertThat(voter.memory().voters()).isEqualTo(four);
        voter.announce(four.nowKnown(), Map.of());
        assertThat(voter.memory().voters().known()).isTrue();
        voter.announce(four, Map.of());
        assertThat(voter.memory().voters().known()).isTrue();
    }

    @Test
    void aMemberThatRemembersNothingHasLostItsDiskAndTakesNoPart() {
        LeaseVoter blank = new LeaseVoter(A, TERMS, VoterMemory.EMPTY, 0);
        assertThat(blank.announce(THREE, Map.of())).isPresent();
        assertThat(blank.announce(THREE.with(D), Map.of())).isPresent();
        assertThat(blank.announce(THREE.without(A), Map.of())).isPresent();
        assertThat(blank.memory().voters().version()).isZero();
        assertThat(blank.renew(NODE, 1, 3, 0)).isInstanceOf(LeaseVoter.Answer.NotVoting.class);
    }

    @Test
    void removedAndAddedAgainItVotesAsANewOne() {
        LeaseVoter blank = new LeaseVoter(A, TERMS, VoterMemory.EMPTY, 0);
        VoterSet again = THREE.without(A).nowKnown().with(A);
        assertThat(blank.announce(again, Map.of())).isEmpty();
        assertThat(blank.renew(NODE, 1, again.version(), 0)).isEqualTo(GRANTED);
    }

    @Test
    void anAdditionThatIsKnownAlreadyIsNoFirstAcquaintance() {
        LeaseVoter blank = new LeaseVoter(D, TERMS, VoterMemory.EMPTY, 0);
        assertThat(blank.announce(THREE.with(D).nowKnown(), Map.of())).isPresent();
    }

    @Test
    void everyRequestIsASignOfLifeGrantedOrNot() {
        voter.revoke(NODE, 1);
        voter.renew(NODE, 1, 3, seconds(1));
        voter.renew(B, 9, 2, seconds(2));
        assertThat(voter.renewals(seconds(4)))
                .isEqualTo(List.of(
                        new RenewalSeen(B, 9, Duration.ofSeconds(2)), new RenewalSeen(NODE, 1, Duration.ofSeconds(3))));
    }

    @Test
    void aLateRequestOfAnEarlierIncarnationIsNone() {
        voter.renew(NODE, 2, 3, seconds(1));
        voter.renew(NODE, 1, 3, seconds(3));
        assertThat(voter.renewals(seconds(4))).isEqualTo(List.of(new RenewalSeen(NODE, 2, Duration.ofSeconds(3))));
    }

    @Test
    void aPromiseToAnyIncarnationIsOneToTheNode() {
        voter.renew(NODE, 2, 3, seconds(1));
        voter.revoke(NODE, 1);
        assertThat(voter.promiseEndsIn(NODE, seconds(2))).isEqualTo(Duration.ofSeconds(3));
    }
}
