package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.lease.Drift;
import io.drover.model.ClusterSettings;
import io.drover.model.FencingState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What counts towards a proof, and what does not. */
class TakeoversTest {
    private static final NodeId DEAD = new NodeId("hv3");
    private static final NodeId ONE = new NodeId("hv1");
    private static final NodeId TWO = new NodeId("hv2");
    private static final VoterSet VOTERS = voters(3);
    private static final Duration PROMISED = Duration.ofSeconds(4);

    private final Takeovers takeovers = new Takeovers(ONE, List.of(DEAD));

    private static VoterSet voters(long version) {
        TreeSet<NodeId> members = new TreeSet<>(List.of(ONE, TWO, DEAD));
        return new VoterSet(version, members, members, true);
    }

    private static Instant second(double seconds) {
        return ClusterModel.START.plusMillis((long) (seconds * 1000));
    }

    private ClusterView seen(double second, FencingState fencing, long incarnation, VoterSet voters) {
        TreeMap<NodeId, NodeView> nodes = new TreeMap<>();
        for (NodeId node : List.of(ONE, TWO, DEAD)) {
            NodeRecord record = NodeRecord.unseen(node, true);
            long joins = node.equals(DEAD) ? incarnation : 1;
            for (int i = 0; i < joins; i++) {
                record = record.joined();
            }
            record = node.equals(DEAD) ? record.withFencing(fencing, "") : record;
            nodes.put(node, new NodeView(record, Optional.empty(), Optional.empty()));
        }
        return takeovers.seen(new ClusterView(
                1,
                ClusterModel.START.minusSeconds(60),
                second(second),
                ClusterSettings.DEFAULTS,
                nodes,
                new TreeMap<>(),
                new TreeMap<>(),
                voters,
                new TreeMap<>()));
    }

    private ClusterView fencing(double second) {
        return seen(second, FencingState.FENCING, 2, VOTERS);
    }

    private void answers(double sent, double received) {
        takeovers.revoked(ONE, DEAD, 2, second(sent), second(received), PROMISED);
        takeovers.revoked(TWO, DEAD, 2, second(sent), second(received), PROMISED);
    }

    private static Takeover takeover(ClusterView view) {
        return view.takeovers().get(DEAD);
    }

    @Test
    void theAnswersOfAMajorityBecomeAProofOnceTheirPromisesHaveEnded() {
        assertThat(takeover(fencing(10)).promiseEnds()).isEmpty();
        answers(10, 10.5);
        LeaseTerms lease = LeaseTerms.DEFAULTS;
        Drift drift = new Drift(lease.driftPpm());
        Instant end = second(10.5).plus(drift.longest(PROMISED));
        assertThat(takeover(fencing(11)).promiseEnds()).containsEntry(ONE, end).containsEntry(TWO, end);

        Instant proof = end.plus(drift.longest(lease.killTime())).plus(lease.granularity());
        double just = Duration.between(ClusterModel.START, proof).toMillis() / 1000.0;
        assertThat(Fencing.proof(takeover(fencing(just)), fencing(just))).isEmpty();
        assertThat(Fencing.proof(takeover(fencing(just + 0.001)), fencing(just + 0.001)))
                .hasValueSatisfying(text -> assertThat(text)
                        .contains("2 of 3 voters (hv1, hv2)", "incarnation 2", "1.0 s for the hardest kill"));
    }

    @Test
    void whatWasAskedBeforeTheRecordSaidFencingCountsNothing() {
        seen(9, FencingState.CLEAR, 2, VOTERS);
        answers(9.5, 9.9);
        fencing(10);
        answers(9.9, 10.5);
        assertThat(takeover(fencing(11)).promiseEnds()).isEmpty();
    }

    @Test
    void anAnswerAboutAnotherIncarnationCountsNothing() {
        fencing(10);
        takeovers.revoked(ONE, DEAD, 1, second(10.1), second(10.2), PROMISED);
        takeovers.revoked(TWO, DEAD, 3, second(10.1), second(10.2), PROMISED);
        assertThat(takeover(fencing(11)).promiseEnds()).isEmpty();
    }

    @Test
    void theFirstOfTwoAnswersBoundsThePromiseAsWellAsTheSecond() {
        fencing(10);
        takeovers.revoked(ONE, DEAD, 2, second(10), second(10.1), Duration.ofSeconds(2));
        takeovers.revoked(ONE, DEAD, 2, second(10), second(11), PROMISED);
        assertThat(takeover(fencing(12)).promiseEnds().get(ONE)).isBefore(second(12.2));
    }

    @Test
    void aNodeThatJoinsAnewBeginsAnewAndOneThatIsClearIsNotTakenOver() {
        fencing(10);
        answers(10, 10.5);
        assertThat(seen(11, FencingState.CLEAR, 3, VOTERS).takeovers()).isEmpty();
        assertThat(takeover(seen(12, FencingState.FENCING, 3, VOTERS)).promiseEnds())
                .isEmpty();
        assertThat(takeover(seen(12, FencingState.FENCING, 3, VOTERS)).since()).isEqualTo(second(12));
    }

    @Test
    void withOtherVotersTheCountBeginsAnew() {
        fencing(10);
        answers(10, 10.5);
        ClusterView other = seen(11, FencingState.FENCING, 2, voters(4));
        assertThat(takeover(other).promiseEnds()).isEmpty();
        assertThat(takeover(other).since()).isEqualTo(second(11));
        assertThat(takeover(other).votersVersion()).isEqualTo(4);
    }

    @Test
    void offCountsOnlyIfItWasAskedForAfterTheRecordSaidFencing() {
        seen(9, FencingState.CLEAR, 2, VOTERS);
        takeovers.power(DEAD, second(9.5), second(9.6), Takeover.Power.State.OFF);
        ClusterView view = fencing(10);
        assertThat(Fencing.proof(takeover(view), view)).isEmpty();
        takeovers.power(DEAD, second(9.9), second(10.5), Takeover.Power.State.OFF);
        view = fencing(11);
        assertThat(Fencing.proof(takeover(view), view)).isEmpty();
        takeovers.power(DEAD, second(11), second(11.5), Takeover.Power.State.OFF);
        view = fencing(12);
        assertThat(Fencing.proof(takeover(view), view))
                .hasValueSatisfying(text -> assertThat(text).contains("says that it has no power"));
    }

    @Test
    void aCommandThatWasTakenIsNotYetOffAndADeviceThatDoesNotAnswerProvesNothing() {
        fencing(10);
        takeovers.offSent(DEAD, second(10.1));
        ClusterView view = fencing(11);
        assertThat(takeover(view).power().orElseThrow().offSent()).isTrue();
        assertThat(Fencing.proof(takeover(view), view)).isEmpty();
        takeovers.power(DEAD, second(11), second(11.1), Takeover.Power.State.UNKNOWN);
        takeovers.power(DEAD, second(12), second(12.1), Takeover.Power.State.ON);
        view = fencing(13);
        assertThat(Fencing.proof(takeover(view), view)).isEmpty();
    }

    @Test
    void aDeviceThatGoesOnSayingOnIsToldAgain() {
        seen(1, FencingState.CLEAR, 2, VOTERS);
        fencing(2);
        assertThat(FencingDuties.of(fencing(4))).doesNotContain(new FencingDuty.SwitchOff(DEAD));
        assertThat(FencingDuties.of(fencing(10))).contains(new FencingDuty.SwitchOff(DEAD));
        takeovers.offSent(DEAD, second(10.1));
        assertThat(FencingDuties.of(fencing(11)))
                .contains(new FencingDuty.AskPower(DEAD))
                .doesNotContain(new FencingDuty.SwitchOff(DEAD));
        takeovers.power(DEAD, second(11), second(11.1), Takeover.Power.State.ON);
        assertThat(FencingDuties.of(fencing(12))).doesNotContain(new FencingDuty.SwitchOff(DEAD));
        takeovers.power(DEAD, second(26), second(26.1), Takeover.Power.State.ON);
        assertThat(FencingDuties.of(fencing(27))).contains(new FencingDuty.SwitchOff(DEAD));
        takeovers.power(DEAD, second(28), second(28.1), Takeover.Power.State.OFF);
        assertThat(FencingDuties.of(fencing(29)))
                .doesNotContain(new FencingDuty.SwitchOff(DEAD), new FencingDuty.AskPower(DEAD));
    }

    @Test
    void votersAreAskedUntilTheyHaveAnswered() {
        fencing(10);
        assertThat(FencingDuties.of(fencing(10)))
                .contains(new FencingDuty.Revoke(DEAD, 2, new TreeSet<>(List.of(ONE, TWO, DEAD))));
        answers(10, 10.5);
        assertThat(FencingDuties.of(fencing(11)))
                .contains(new FencingDuty.Revoke(DEAD, 2, new TreeSet<>(List.of(DEAD))));
    }

    @Test
    void aCoordinatorCountsFromItsOwnFirstSight() {
        fencing(10);
        answers(10, 10.5);
        Takeovers next = new Takeovers(TWO, List.of());
        ClusterView view = next.seen(fencing(20));
        assertThat(takeover(view).promiseEnds()).isEmpty();
        assertThat(takeover(view).since()).isEqualTo(second(20));
    }

    @Test
    void whatAProcessHasOnDiskIsAskedAnewOnceItHasJoinedAnew() {
        takeovers.announced(DEAD, 3);
        takeovers.revoked(DEAD, ONE, 1, second(1), second(1), PROMISED);
        assertThat(seen(2, FencingState.CLEAR, 2, VOTERS).findings().isRevoked(DEAD, ONE, 1))
                .isFalse();
        takeovers.announced(DEAD, 3);
        takeovers.revoked(DEAD, ONE, 1, second(2), second(2), PROMISED);
        assertThat(seen(7, FencingState.CLEAR, 2, VOTERS).findings().isRevoked(DEAD, ONE, 1))
                .isTrue();
        Findings rejoined = seen(8, FencingState.CLEAR, 3, VOTERS).findings();
        assertThat(rejoined.isRevoked(DEAD, ONE, 1)).isFalse();
        assertThat(rejoined.votersOnDisk()).doesNotContainKey(DEAD);
    }

    /** Else the set of voters could change under a promise that lives, and the new one would know nothing of it. */
    @Test
    void aVoterCountsAsOneThatHasRevokedOnceItsLastPromiseHasEnded() {
        takeovers.announced(ONE, 3);
        seen(1, FencingState.FENCING, 2, VOTERS);
        takeovers.revoked(ONE, DEAD, 2, second(2), second(2), PROMISED);
        assertThat(fencing(5).findings().isRevoked(ONE, DEAD, 2)).isFalse();
        assertThat(fencing(7).findings().isRevoked(ONE, DEAD, 2)).isTrue();
    }
}
