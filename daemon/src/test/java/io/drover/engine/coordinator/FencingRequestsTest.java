package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What operators may ask about nodes that are dead, or are to be, and about who belongs and votes. */
class FencingRequestsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static FencingState fencing(ClusterModel cluster, String host) {
        return cluster.node(host).fencing();
    }

    @Test
    void aNodeWithADeviceIsFencedAtOnceHoweverWellItLooks() {
        ClusterModel cluster =
                ClusterModel.of(3).device("hv3").running("vm1", "hv3", 4).ticks(2);
        cluster.ask(Requests.fence("hv3"));
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.FENCING);
        assertThat(cluster.told()).contains("hv3 is being fenced: asked for by admin: maintenance");
        cluster.round();
        assertThat(cluster.shot()).containsExactly(new NodeId("hv3"));
        cluster.until(() -> !cluster.nodeOf("vm1").equals("hv3"), PATIENCE);
    }

    @Test
    void aNodeThatReportsAndHasNoDeviceWouldOnlyJoinAnew() {
        ClusterModel cluster = ClusterModel.of(3).ticks(2);
        Problem problem = cluster.refused(Requests.fence("hv3"));
        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.why()).contains("has no fencing device");
        assertThat(problem.remedies()).contains("drover node drain hv3");
    }

    @Test
    void anIsolatedNodeIsFencedAsAsked() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(2);
        cluster.host("hv3").inContact(false);
        cluster.ticks(10);
        cluster.ask(Requests.fence("hv3"));
        cluster.until(() -> fencing(cluster, "hv3") == FencingState.FENCED, PATIENCE);
        assertThat(cluster.host("hv3").isExecutingAnything()).isFalse();
        assertThat(cluster.refused(Requests.fence("hv3")).why()).startsWith("it is fenced: ");
    }

    @Test
    void aFenceThatIsUnderWaySaysHowFarItIs() {
        ClusterModel cluster = ClusterModel.of(3).ticks(2);
        cluster.host("hv3").powerOff();
        cluster.ticks(3);
        assertThat(cluster.refused(Requests.fence("hv3")).why())
                .startsWith("it is being fenced already: its last promise ends in ");
    }

    @Test
    void confirmingNeedsAReasonAndASilentNode() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(2);
        assertThat(cluster.refused(Requests.confirmDead("hv3", true)).why())
                .startsWith("it lives: it reported or renewed its lease 0.0 s ago");
        cluster.host("hv3").inContact(false);
        cluster.ticks(10);
        // It renews its lease.
        assertThat(cluster.refused(Requests.confirmDead("hv3", true)).why()).startsWith("it lives: ");
        cluster.host("hv3").powerOff();
        cluster.ticks(4);
        Request.Context wordless = new Request.Context("admin", " ", false, "");
        Problem problem = cluster.refused(new Request.ConfirmDead(wordless, new NodeId("hv3"), false));
        assertThat(problem.kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(problem.remedies()).containsExactly("drover node confirm-dead hv3 --reason TEXT");
    }

    @Test
    void whoConfirmsIsOnRecordAndTheVmsFailOverAtOnce() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(2);
        cluster.host("hv3").powerOff();
        cluster.ticks(4);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.FENCING);
        cluster.ask(Requests.confirmDead("hv3", false));
        assertThat(cluster.node("hv3").fencingProof()).isEqualTo("confirmed dead by admin: maintenance");
        cluster.ticks(2);
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv3");
        assertThat(cluster.reasons())
                .anyMatch(reason -> reason.actor().equals(java.util.Optional.of("admin"))
                        && reason.text().contains("executes nothing: confirmed dead by admin"));
    }

    @Test
    void whatCannotBeSeenHasToBeInsistedUpon() {
        ClusterModel cluster = ClusterModel.of(3).ticks(2);
        cluster.host("hv2").cut(true);
        cluster.host("hv3").powerOff();
        cluster.ticks(10);
        assertThat(cluster.refused(Requests.confirmDead("hv3", false)).why())
                .contains("hears too few voters to see whether the node renews its lease: 1 of 3, 2 needed");
        cluster.ask(Requests.confirmDead("hv3", true));
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.FENCED);
    }

    @Test
    void anIncarnationThatHasJustJoinedIsNotDeadHoweverMuchSomebodyInsists() {
        ClusterModel cluster = ClusterModel.of(3).ticks(2);
        cluster.host("hv3").powerOff();
        cluster.ticks(15);
        cluster.host("hv3").powerOn();
        assertThat(cluster.refused(Requests.confirmDead("hv3", true)).why()).startsWith("it joined anew");
    }

    @Test
    void onlyWhatIsDownAndOwnsNothingAndDoesNotVoteIsRemoved() {
        ClusterModel cluster = ClusterModel.of(4)
                .running(Specs.onlyOn(Specs.of("vm1", 4), "hv4"), "hv4")
                .ticks(2);
        assertThat(cluster.refused(Requests.removeNode("hv4")).why()).isEqualTo("it is not down");
        cluster.host("hv4").powerOff();
        cluster.until(() -> fencing(cluster, "hv4") == FencingState.FENCED, PATIENCE);
        assertThat(cluster.refused(Requests.removeNode("hv4")).why()).isEqualTo("it still owns 1 VMs: [vm1]");
        cluster.ticks(3);
        // Of four voters the dead one has been dropped by then, or is about to be.
        cluster.until(
                () -> !cluster.voters().members().contains(new NodeId("hv4"))
                        && cluster.voters().known(),
                PATIENCE);
        cluster.ask(Requests.removeNode("hv4"));
        assertThat(cluster.nodes()).doesNotContainKey(new NodeId("hv4"));
        assertThat(cluster.refused(Requests.removeNode("hv9")).kind()).isEqualTo(ProblemKind.USAGE);
    }

    @Test
    void aVoterIsRemovedOnlyIfTheRestHasAMajority() {
        ClusterModel cluster = ClusterModel.of(3).ticks(2);
        cluster.host("hv3").powerOff();
        cluster.until(() -> fencing(cluster, "hv3") == FencingState.FENCED, PATIENCE);
        assertThat(cluster.refused(Requests.removeVoter("hv2", false)).why())
                .isEqualTo("quorum would be lost: of 2 voters left (hv1, hv3) 1 answer, 2 are needed");
        cluster.ask(Requests.removeVoter("hv3", false));
        cluster.until(() -> cluster.voters().members().size() == 2, PATIENCE);
        assertThat(cluster.refused(Requests.removeVoter("hv3", false)).why()).isEqualTo("it is no voter");
        cluster.ask(Requests.removeNode("hv3"));
        assertThat(cluster.nodes()).doesNotContainKey(new NodeId("hv3"));
    }

    @Test
    void aVoterIsAddedIfItAnswersAndThereAreFewerThanFive() {
        ClusterModel cluster = ClusterModel.of(5).ticks(2);
        cluster.host("hv6", 16).ticks(2);
        assertThat(cluster.refused(Requests.addVoter("hv6")).why())
                .isEqualTo("5 nodes are to vote already, which is the most");
        assertThat(cluster.refused(Requests.addVoter("hv1")).why()).isEqualTo("it is one");
        cluster.ask(Requests.removeVoter("hv5", false));
        cluster.host("hv6").inContact(false);
        cluster.ticks(6);
        assertThat(cluster.refused(Requests.addVoter("hv6")).why()).contains("does not report");
    }

    @Test
    void theLastVoterStays() {
        ClusterModel cluster = ClusterModel.of(1).ticks(2);
        assertThat(cluster.refused(Requests.removeVoter("hv1", true)).why())
                .isEqualTo("it is the only one that is to vote");
    }

    @Test
    void aDryRunChangesNothing() {
        ClusterModel cluster = ClusterModel.of(3).device("hv3").ticks(2);
        Verdict verdict = cluster.ask(new Request.Fence(Requests.DRY_RUN, new NodeId("hv3")));
        assertThat(verdict).isInstanceOf(Verdict.Planned.class);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.CLEAR);
    }

    @Test
    void theQuorumSaysWhichFailureWouldStopTheCluster() {
        ClusterModel cluster = ClusterModel.of(3).ticks(2);
        assertThat(QuorumView.of(cluster.view()).text())
                .isEqualTo("3 of 3 voters answer, 2 are needed: 1 more may fail");
        assertThat(QuorumView.of(cluster.view()).isAtRisk()).isFalse();
        cluster.host("hv3").powerOff();
        cluster.ticks(10);
        QuorumView one = QuorumView.of(cluster.view());
        assertThat(one.spare()).isZero();
        assertThat(one.isAtRisk()).isTrue();
        assertThat(one.text())
                .isEqualTo("2 of 3 voters answer, 2 are needed: the loss of any one of [hv1, hv2] stops the cluster");
        assertThat(one.voters().get(2)).isEqualTo(new QuorumView.Voter(new NodeId("hv3"), false, false, "is down"));
        cluster.host("hv2").cut(true);
        cluster.ticks(10);
        assertThat(QuorumView.of(cluster.view()).text())
                .isEqualTo("there is no quorum: 1 of 3 voters answer, 2 are needed; bring back 1 of [hv2, hv3]");
        assertThat(QuorumView.of(cluster.view()).isAtRisk()).isTrue();
        QuorumView none = QuorumView.of(ClusterModel.unfounded(2).view());
        assertThat(none.text()).startsWith("there are no voters yet");
        assertThat(none.isAtRisk()).as("nothing is protected yet").isTrue();
    }
}
