package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.FencingState;
import io.drover.model.HealthLevel;
import io.drover.model.LeaseState;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.NodeState;
import io.drover.model.ProbeStatus;
import io.drover.model.VoterSet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node is taken for. */
class NodeStatesTest {
    private static final NodeId NODE = new NodeId("hv1");
    private static final Instant NOW = ClusterModel.START;

    private static ClusterView view(NodeView node, Duration ledFor) {
        TreeMap<NodeId, NodeView> nodes = new TreeMap<>();
        nodes.put(NODE, node);
        return new ClusterView(
                3,
                NOW.minus(ledFor),
                NOW,
                ClusterSettings.DEFAULTS,
                nodes,
                new TreeMap<>(),
                new TreeMap<>(),
                VoterSet.NONE,
                new TreeMap<>());
    }

    private static NodeView node(
            long incarnation,
            FencingState fencing,
            NodeMode mode,
            boolean session,
            String heard,
            ProbeStatus... probes) {
        NodeRecord unseen = NodeRecord.unseen(NODE, true);
        NodeRecord record = new NodeRecord(
                NODE,
                incarnation,
                fencing,
                "",
                mode,
                unseen.drainStatus(),
                Optional.empty(),
                true,
                "",
                "",
                "",
                List.of(),
                Optional.empty(),
                false);
        return new NodeView(
                record,
                session ? Optional.of(new LiveNode(NODE, incarnation, "", "", "")) : Optional.empty(),
                heard(heard, incarnation, probes));
    }

    /** {@code never}, {@code 3s}, or {@code old 3s} for a report of the incarnation before. */
    private static Optional<NodeView.Heard> heard(String text, long incarnation, ProbeStatus... probes) {
        if (text.equals("never")) {
            return Optional.empty();
        }
        boolean old = text.startsWith("old ");
        Duration age = Duration.parse("PT" + text.replace("old ", ""));
        NodeReport report = new NodeReport(
                NODE,
                old ? incarnation - 1 : incarnation,
                1,
                List.of(),
                1 << 30,
                1 << 30,
                4,
                0,
                List.of(probes),
                List.of(),
                "",
                "",
                "",
                LeaseState.HELD,
                0,
                List.of(),
                false);
        return Optional.of(new NodeView.Heard(report, NOW.minus(age)));
    }

    @ParameterizedTest(name = "incarnation {0}, {1}, {2}, session {3}, heard {4}, led for {5}: {6}")
    @CsvSource({
        "0, CLEAR,   ACTIVE, false, never,  1h, DOWN,     is down",
        "0, CLEAR,   ACTIVE, true,  never,  1h, DOWN,     is down",
        "4, FENCED,  ACTIVE, true,  1s,     1h, DOWN,     is down",
        "4, FENCED,  PAUSED, false, never,  1h, DOWN,     is down",
        "4, CLEAR,   ACTIVE, true,  1s,     1h, UP,       ",
        "4, FENCING, ACTIVE, true,  1s,     1h, ISOLATED, is being fenced",
        "4, CLEAR,   ACTIVE, false, 5s,     1h, UP,       ",
        "4, CLEAR,   PAUSED, true,  1s,     1h, PAUSED,   is paused",
        "4, CLEAR,   ACTIVE, true,  5.001s, 1h, ISOLATED, is out of contact",
        "4, CLEAR,   PAUSED, true,  6s,     1h, ISOLATED, is out of contact",
        "4, CLEAR,   ACTIVE, false, never,  1h, ISOLATED, is out of contact",
        "4, CLEAR,   ACTIVE, true,  never,  3.499s, JOINING, is joining",
        "4, CLEAR,   PAUSED, true,  never,  1s, JOINING,  is joining",
        "4, CLEAR,   ACTIVE, true,  old 1s, 1s, JOINING,  is joining",
        "4, CLEAR,   ACTIVE, true,  old 1s, 1h, ISOLATED, is out of contact",
        "4, CLEAR,   ACTIVE, false, never,  1s, ISOLATED, is out of contact",
        "4, CLEAR,   ACTIVE, true,  never,  5s, ISOLATED, is out of contact",
        "4, CLEAR,   ACTIVE, true,  1s,     1s, UP,       ",
    })
    void stateFollowsFromRecordSessionAndReports(
            long incarnation,
            FencingState fencing,
            NodeMode mode,
            boolean session,
            String heard,
            String ledFor,
            NodeState state,
            String closed) {
        NodeView node = node(incarnation, fencing, mode, session, heard);
        ClusterView view = view(node, Duration.parse("PT" + ledFor));

        assertThat(NodeStates.of(node, view)).isEqualTo(state);
        assertThat(NodeStates.closed(node, view)).isEqualTo(Optional.ofNullable(closed));
    }

    @Test
    void anIllNodeIsUpButClosedAndNamesItsWorstProbe() {
        NodeView node = node(
                1,
                FencingState.CLEAR,
                NodeMode.ACTIVE,
                true,
                "1s",
                new ProbeStatus("clock", HealthLevel.WARNING, "3 s off", NOW),
                new ProbeStatus("disk", HealthLevel.CRITICAL, "cannot be written", NOW),
                new ProbeStatus("bus", HealthLevel.HEALTHY, "", NOW));
        ClusterView view = view(node, Duration.ofHours(1));

        assertThat(NodeStates.of(node, view)).isEqualTo(NodeState.UP);
        assertThat(NodeStates.closed(node, view)).contains("is ill: probe disk: cannot be written");
    }

    @Test
    void theFirstByNameAmongEquallyBadProbesIsTheWorst() {
        NodeView node = node(
                1,
                FencingState.CLEAR,
                NodeMode.ACTIVE,
                true,
                "1s",
                new ProbeStatus("net", HealthLevel.WARNING, "slow", NOW),
                new ProbeStatus("clock", HealthLevel.WARNING, "3 s off", NOW));

        assertThat(NodeStates.worstProbe(node).orElseThrow().name()).isEqualTo("clock");
        assertThat(NodeStates.closed(node, view(node, Duration.ofHours(1)))).isEmpty();
    }

    @Test
    void aReportOfAnEarlierIncarnationSaysNothing() {
        NodeView node = node(
                2,
                FencingState.CLEAR,
                NodeMode.ACTIVE,
                true,
                "old 1s",
                new ProbeStatus("disk", HealthLevel.FATAL, "gone", NOW));

        assertThat(node.report()).isEmpty();
        assertThat(node.health()).isEqualTo(HealthLevel.HEALTHY);
    }

    @Test
    void aNewCoordinatorSuspectsNobodyWhileItSettles() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4).newCoordinator();
        for (int i = 0; i < 4; i++) {
            ClusterView view = cluster.view();
            assertThat(view.nodes().values()).allMatch(node -> NodeStates.of(node, view) == NodeState.JOINING);
            assertThat(cluster.round()).isEmpty();
        }
    }
}
