package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.NodeId;
import io.drover.model.NodeState;
import io.drover.model.OperationKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nodes that leave and return again and again. */
class QuarantineTest {
    private static NodeState state(ClusterModel cluster, String host) {
        ClusterView view = cluster.view();
        return NodeStates.of(view.nodes().get(new NodeId(host)), view);
    }

    private static void leave(ClusterModel cluster, String host, int times) {
        for (int i = 0; i < times; i++) {
            cluster.host(host).powerOff();
            cluster.ticks(15);
            cluster.host(host).powerOn();
            cluster.ticks(15);
        }
    }

    @Test
    void theThirdLossWithinAnHourIsOneTooMany() {
        ClusterModel cluster = ClusterModel.of(4).ticks(1);
        leave(cluster, "hv4", 2);
        assertThat(state(cluster, "hv4")).isEqualTo(NodeState.UP);
        leave(cluster, "hv4", 1);
        assertThat(state(cluster, "hv4")).isEqualTo(NodeState.QUARANTINED);
        assertThat(cluster.told())
                .contains("hv4 is quarantined for 120 minutes: it was lost 3 times within 60 minutes (limit: 3);"
                        + " 'drover node clear-quarantine hv4' ends it");
        ClusterView view = cluster.view();
        assertThat(NodeStates.closed(view.nodes().get(new NodeId("hv4")), view).orElseThrow())
                .startsWith("is quarantined until 2030-01-01T02:");
    }

    @Test
    void anOperationEmptiesIt() {
        ClusterModel cluster = ClusterModel.of(4).running("vm1", "hv4", 4).ticks(1);
        cluster.put(cluster.node("hv4")
                .withQuarantine(
                        java.util.List.of(), java.util.Optional.of(cluster.now().plusSeconds(600))));
        cluster.ticks(8);
        assertThat(cluster.operations().values())
                .anyMatch(operation -> operation.kind() == OperationKind.EVACUATE
                        && operation.reason().equals("it is quarantined, since it was lost too often"));
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv4");
        assertThat(cluster.vm("vm1").generation()).isEqualTo(2);
    }

    @Test
    void itEndsByTimeAndTheLossesCountNoMore() {
        ClusterModel cluster = ClusterModel.of(4).ticks(1);
        leave(cluster, "hv4", 3);
        cluster.until(() -> state(cluster, "hv4") == NodeState.UP, Duration.ofHours(3));
        assertThat(cluster.node("hv4").departures()).isEmpty();
        assertThat(cluster.told()).contains("hv4 is out of quarantine: its time is over");
    }

    @Test
    void anOperatorEndsIt() {
        ClusterModel cluster = ClusterModel.of(4).ticks(1);
        assertThat(cluster.refused(Requests.clearQuarantine("hv4")).why()).startsWith("it is not quarantined");
        leave(cluster, "hv4", 3);
        cluster.ask(Requests.clearQuarantine("hv4"));
        cluster.ticks(5);
        assertThat(state(cluster, "hv4")).isEqualTo(NodeState.UP);
    }

    @Test
    void neverMoreThanAQuarterOfTheNodesAndNoneOfThree() {
        ClusterModel three = ClusterModel.of(3).ticks(1);
        leave(three, "hv3", 4);
        assertThat(state(three, "hv3")).isEqualTo(NodeState.UP);

        ClusterModel five = ClusterModel.of(5).ticks(1);
        leave(five, "hv4", 3);
        leave(five, "hv5", 3);
        assertThat(state(five, "hv4")).isEqualTo(NodeState.QUARANTINED);
        assertThat(state(five, "hv5")).isEqualTo(NodeState.UP);
    }
}
