package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is suspected, and when that leads to anything. */
class SuspicionTest {
    private static FencingState fencing(ClusterModel cluster, String host) {
        return cluster.node(host).fencing();
    }

    private static NodeState state(ClusterModel cluster, String host) {
        ClusterView view = cluster.view();
        return NodeStates.of(view.nodes().get(new NodeId(host)), view);
    }

    @Test
    void whoNeitherReportsNorRenewsIsFencedAndTheReasonHasTheFigures() {
        ClusterModel cluster = ClusterModel.of(3).ticks(3);
        cluster.host("hv3").powerOff();
        cluster.ticks(1);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.CLEAR);
        cluster.ticks(1);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.FENCING);
        assertThat(cluster.told())
                .contains("hv3 is suspected and being fenced: no report for 2.0 s and no renewal seen by hv1, hv2"
                        + " for 2.0 s");
        assertThat(state(cluster, "hv3")).isEqualTo(NodeState.ISOLATED);
    }

    @Test
    void whoRenewsIsOnlyIsolatedHoweverLongItDoesNotReport() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(1);
        cluster.host("hv3").inContact(false);
        cluster.ticks(120);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.CLEAR);
        assertThat(state(cluster, "hv3")).isEqualTo(NodeState.ISOLATED);
        assertThat(cluster.host("hv3").isExecutingAnything()).isTrue();
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).message())
                .contains("cannot be asked to move its VMs, but renewed its lease");
    }

    @Test
    void aCoordinatorThatHearsNoMajorityOfTheVotersSuspectsNobody() {
        ClusterModel cluster = ClusterModel.of(3).ticks(3);
        cluster.host("hv2").cut(true);
        cluster.host("hv3").cut(true);
        cluster.ticks(60);
        assertThat(fencing(cluster, "hv2")).isEqualTo(FencingState.CLEAR);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.CLEAR);
        assertThat(Suspicion.hindrance(cluster.view()).orElseThrow()).contains("hears 1 of 3 voters (needed: 2)");
    }

    @Test
    void aStormIsNotBelievedAndOneLossAtATimeIs() {
        ClusterModel cluster = ClusterModel.of(9).ticks(3);
        for (String host : List.of("hv5", "hv6", "hv7", "hv8", "hv9")) {
            cluster.host(host).cut(true);
        }
        cluster.ticks(30);
        assertThat(cluster.nodes().values()).allMatch(node -> node.fencing() == FencingState.CLEAR);
        assertThat(Suspicion.hindrance(cluster.view()).orElseThrow())
                .contains("5 of 9 nodes are out of contact at once, more than the 4");

        cluster.host("hv5").cut(false);
        cluster.ticks(4);
        assertThat(fencing(cluster, "hv6")).isNotEqualTo(FencingState.CLEAR);
    }

    @Test
    void disarmedNobodyIsFenced() {
        ClusterModel cluster = ClusterModel.of(3).ticks(1);
        ClusterSettings settings = cluster.settings();
        cluster.settings(settings.withFailover(settings.failover().disarmed(Optional.empty(), "planned work")));
        cluster.host("hv3").powerOff();
        cluster.ticks(30);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.CLEAR);
        assertThat(Suspicion.hindrance(cluster.view())).contains("automatic action is disarmed (planned work)");

        cluster.settings(settings);
        cluster.ticks(1);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.FENCING);
    }

    @Test
    void aNewCoordinatorSuspectsByTheRenewalsThatTheVotersHaveSeen() {
        ClusterModel cluster = ClusterModel.of(3).ticks(3);
        cluster.host("hv3").powerOff();
        cluster.newCoordinator().ticks(1);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.CLEAR);
        cluster.ticks(2);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.FENCING);
    }

    @Test
    void aNodeThatIsOffByTheWordOfItsDeviceIsSuspectedSooner() {
        ClusterSettings plain = ClusterSettings.DEFAULTS;
        ClusterModel cluster = ClusterModel.of(3).device("hv3");
        cluster.settings(plain.withFailover(new io.drover.model.FailoverPolicy(
                true,
                Optional.empty(),
                "",
                plain.failover().failback(),
                plain.failover().shutdownPolicy(),
                Duration.ofSeconds(30),
                4,
                Duration.ofHours(1),
                3,
                Duration.ofHours(1),
                Duration.ofHours(2))));
        cluster.ticks(3);
        cluster.host("hv3").powerOff();
        cluster.ticks(4);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.FENCED);
        assertThat(cluster.told())
                .anyMatch(text -> text.contains("its fencing device says that it has no power, and no report for"));
    }

    @Test
    void aNodeThatHasJustJoinedHasOneLeaseToBeHeardOf() {
        ClusterModel cluster = ClusterModel.of(3).ticks(3);
        cluster.host("hv3").powerOff();
        cluster.ticks(10);
        cluster.host("hv3").powerOn().frozen(true);
        cluster.ticks(3);
        assertThat(fencing(cluster, "hv3")).isEqualTo(FencingState.CLEAR);
        cluster.ticks(3);
        assertThat(fencing(cluster, "hv3"))
                .as("nothing was promised to it that could be waited for")
                .isEqualTo(FencingState.FENCED);
    }

    @Test
    void aSuspectedNodeIsGivenNothing() {
        ClusterModel cluster = ClusterModel.of(3).ticks(3);
        ClusterSettings settings = cluster.settings();
        cluster.settings(settings.withFailover(settings.failover().disarmed(Optional.empty(), "")));
        cluster.host("hv3").cut(true);
        cluster.ticks(3);
        ClusterView view = cluster.view();
        assertThat(NodeStates.closed(view.nodes().get(new NodeId("hv3")), view)).contains("is suspected to be dead");
    }

    @Test
    void theCoordinatorDoesNotSuspectItsOwnNode() {
        ClusterModel cluster = ClusterModel.of(3).ticks(3);
        cluster.host("hv3").powerOff();
        cluster.ticks(3);
        ClusterView view = cluster.view();
        ClusterView own = new Takeovers(new NodeId("hv3"), List.of())
                .seen(new ClusterView(
                        view.epoch(),
                        view.since(),
                        view.now(),
                        view.settings(),
                        view.nodes(),
                        view.vms(),
                        view.operations(),
                        view.voters(),
                        new java.util.TreeMap<>()));
        assertThat(Suspicion.all(own)).isEmpty();
    }
}
