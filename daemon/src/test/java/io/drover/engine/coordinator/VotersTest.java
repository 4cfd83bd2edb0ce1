package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.FencingState;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How the set of voters forms and changes. */
class VotersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Set<String> members(ClusterModel cluster) {
        Set<String> names = new TreeSet<>();
        cluster.voters().members().forEach(node -> names.add(node.value()));
        return names;
    }

    private static boolean isSettled(ClusterModel cluster, String... members) {
        return members(cluster).equals(new TreeSet<>(Set.of(members)))
                && cluster.voters().known();
    }

    @Test
    void theFirstSetFormsFromNothingOneByOneAndNobodyHoldsALeaseBefore() {
        ClusterModel cluster = ClusterModel.unfounded(3);
        assertThat(cluster.voters()).isEqualTo(VoterSet.NONE);
        assertThat(cluster.host("hv1").lease().state()).isEqualTo(LeaseState.NONE);
        long version = 0;
        while (!isSettled(cluster, "hv1", "hv2", "hv3")) {
            cluster.tick();
            assertThat(cluster.voters().version()).isLessThanOrEqualTo(version + 1);
            version = cluster.voters().version();
            assertThat(cluster.now()).isBefore(ClusterModel.START.plusSeconds(30));
        }
        cluster.ticks(2);
        assertThat(cluster.hosts().values()).allMatch(host -> host.lease().state() == LeaseState.HELD);
        assertThat(cluster.told())
                .contains("voters hv1 becomes a voter: hv1", "voters hv1, hv2, hv3 vote from now on, version 3");
    }

    @Test
    void atMostFiveVote() {
        ClusterModel cluster = ClusterModel.unfounded(7);
        cluster.until(() -> isSettled(cluster, "hv1", "hv2", "hv3", "hv4", "hv5"), PATIENCE);
        cluster.ticks(20);
        assertThat(members(cluster)).hasSize(5);
    }

    @Test
    void twoNodesAndAWitness() {
        ClusterModel cluster = ClusterModel.unfounded(2);
        cluster.host("hv3", 1);
        cluster.put(NodeRecord.unseenWitness(new NodeId("hv3")).joined());
        cluster.until(() -> isSettled(cluster, "hv1", "hv2", "hv3"), PATIENCE);
        ClusterView view = cluster.view();
        assertThat(NodeStates.closed(view.nodes().get(new NodeId("hv3")), view)).contains("is a witness");
    }

    @Test
    void aVoterThatIsFencedGivesItsPlaceToALivingNode() {
        ClusterModel cluster = ClusterModel.of(3).ticks(1);
        cluster.host("hv4", 16).ticks(6);
        assertThat(members(cluster)).doesNotContain("hv4");
        cluster.host("hv2").powerOff();
        cluster.until(() -> isSettled(cluster, "hv1", "hv3", "hv4"), PATIENCE);
        assertThat(cluster.told())
                .anyMatch(
                        text -> text.equals("voters hv2 votes no more, it is down; hv4 votes in its place: hv1, hv3"));
        cluster.host("hv2").powerOn();
        cluster.until(() -> isSettled(cluster, "hv1", "hv2", "hv3"), PATIENCE);
    }

    @Test
    void withNobodyToTakeItsPlaceItKeepsIt() {
        ClusterModel cluster = ClusterModel.of(3).ticks(1);
        cluster.host("hv2").powerOff();
        cluster.ticks(60);
        assertThat(members(cluster)).containsExactly("hv1", "hv2", "hv3");
    }

    @Test
    void ofFourTheDeadOneIsDroppedSoThatTheNextLossIsSurvived() {
        ClusterModel cluster = ClusterModel.of(4)
                .running("vm1", "hv3", 4)
                .running("vm2", "hv4", 4)
                .ticks(1);
        cluster.host("hv4").powerOff();
        cluster.until(() -> isSettled(cluster, "hv1", "hv2", "hv3"), PATIENCE);
        cluster.ticks(6);
        cluster.host("hv3").powerOff();
        cluster.ticks(20);
        assertThat(cluster.node("hv3").fencing()).isEqualTo(FencingState.FENCED);
        assertThat(cluster.nodeOf("vm1")).isIn("hv1", "hv2");
    }

    @Test
    void aMemberThatLostItsDiskIsRemovedAndAddedAgain() {
        ClusterModel cluster = ClusterModel.of(3).ticks(6);
        long before = cluster.voters().version();
        cluster.host("hv2").lease().loseDisk();
        cluster.host("hv2").restartAgent();
        cluster.until(() -> members(cluster).size() == 2, PATIENCE);
        assertThat(cluster.told())
                .contains("voters hv2 votes no more, it has lost what it had on disk as a voter: hv1, hv3");
        cluster.until(() -> isSettled(cluster, "hv1", "hv2", "hv3"), PATIENCE);
        assertThat(cluster.voters().version()).isEqualTo(before + 2);
        assertThat(cluster.host("hv2").lease().votersVersion()).isEqualTo(before + 2);
    }

    @Test
    void twoChangesAreOneLeaseApartByEachCoordinatorsOwnCount() {
        ClusterModel cluster = ClusterModel.of(3).ticks(1);
        cluster.host("hv4", 16);
        cluster.host("hv5", 16).ticks(1);
        cluster.ask(Requests.addVoter("hv4"));
        cluster.ask(Requests.addVoter("hv5"));
        cluster.until(() -> cluster.voters().version() == 4 && cluster.voters().known(), PATIENCE);
        cluster.ticks(3);
        cluster.newCoordinator().ticks(4);
        assertThat(cluster.voters().version()).isEqualTo(4);
        cluster.until(() -> isSettled(cluster, "hv1", "hv2", "hv3", "hv4", "hv5"), PATIENCE);
    }

    @Test
    void noChangeBeginsWhileANodeIsBeingFenced() {
        ClusterModel cluster = ClusterModel.of(3).ticks(6);
        cluster.host("hv4", 16).ticks(1);
        cluster.host("hv3").powerOff();
        cluster.ticks(2);
        assertThat(cluster.node("hv3").fencing()).isEqualTo(FencingState.FENCING);
        cluster.ask(Requests.addVoter("hv4"));
        while (cluster.node("hv3").fencing() == FencingState.FENCING) {
            assertThat(cluster.voters().version()).isEqualTo(3);
            cluster.tick();
        }
    }

    @Test
    void whatIsRevokedIsRevokedByNewVotersBeforeTheyVote() {
        ClusterModel cluster = ClusterModel.of(3).ticks(1);
        cluster.host("hv4", 16).ticks(4);
        cluster.host("hv3").powerOff();
        cluster.until(() -> isSettled(cluster, "hv1", "hv2", "hv4"), PATIENCE);
        assertThat(cluster.host("hv4").lease().isRevoked(new NodeId("hv3"), 1)).isTrue();
    }
}
