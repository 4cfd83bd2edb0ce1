package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeView;
import io.drover.metrics.DroverMetrics;
import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.GuestReport;
import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.drover.model.VoterSet;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TakeoverTimesTest {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    private static final NodeId LOST = new NodeId("lost");
    private static final NodeId OTHER = new NodeId("other");
    private static final VmId VM = new VmId("vm1");

    private final DroverMetrics metrics = new DroverMetrics("test");
    private final TakeoverTimes times = new TakeoverTimes(metrics.fencing());

    @BeforeEach
    void begin() {
        times.begin();
    }

    /** How things stand so long after the start; the lost node was heard last at the start. */
    private void look(double seconds, FencingState fencing, Phase phase, boolean runsOnOther) {
        Instant now = START.plusMillis((long) (seconds * 1000));
        NodeRecord lost = NodeRecord.unseen(LOST, true).joined().withFencing(fencing, "");
        NodeRecord other = NodeRecord.unseen(OTHER, true).joined();
        TreeMap<NodeId, NodeView> nodes = new TreeMap<>();
        nodes.put(
                LOST,
                new NodeView(lost, Optional.empty(), Optional.of(new NodeView.Heard(report(LOST, false), START))));
        nodes.put(
                OTHER,
                new NodeView(
                        other, Optional.empty(), Optional.of(new NodeView.Heard(report(OTHER, runsOnOther), now))));
        TreeMap<VmId, VmRecord> vms = new TreeMap<>();
        VmRecord vm = VmRecord.added(VmSpec.of(VM, 1L << 20), DesiredState.RUNNING);
        vms.put(
                VM,
                phase instanceof Phase.Placed placed
                        ? vm.claimedBy(placed.owner(), placed.incarnation())
                        : vm.assignedTo(phase.node().orElseThrow()));
        times.look(new ClusterView(
                1, START, now, ClusterSettings.DEFAULTS, nodes, vms, new TreeMap<>(), VoterSet.NONE, new TreeMap<>()));
    }

    private static NodeReport report(NodeId node, boolean runs) {
        List<GuestReport> guests =
                runs ? List.of(new GuestReport(VM, GuestState.RUNNING, 1L << 20, "", Optional.empty())) : List.of();
        return new NodeReport(
                node, 1, 1, guests, 0, 0, 1, 0, List.of(), List.of(), "", "", "", LeaseState.HELD, 1, List.of(), false);
    }

    private List<String> figures() {
        return metrics.prometheusText()
                .lines()
                .filter(line -> line.startsWith("drover_takeover_seconds_sum")
                        || line.startsWith("drover_takeover_seconds_count"))
                .toList();
    }

    @Test
    void takeOverIsSplitIntoDetectionProofAndStart() {
        Phase.Placed before = new Phase.Placed(LOST, 1);
        look(1, FencingState.CLEAR, before, false);
        look(2.5, FencingState.FENCING, before, false);
        look(4, FencingState.FENCING, before, false);
        look(5.5, FencingState.FENCED, before, false);
        look(5.6, FencingState.FENCED, new Phase.Assigned(OTHER), false);
        look(6, FencingState.FENCED, new Phase.Placed(OTHER, 1), false);
        look(6.25, FencingState.FENCED, new Phase.Placed(OTHER, 1), true);
        look(7, FencingState.FENCED, new Phase.Placed(OTHER, 1), true);

        assertThat(figures())
                .containsExactlyInAnyOrder(
                        "drover_takeover_seconds_count{part=\"detection\"} 1",
                        "drover_takeover_seconds_sum{part=\"detection\"} 2.5",
                        "drover_takeover_seconds_count{part=\"proof\"} 1",
                        "drover_takeover_seconds_sum{part=\"proof\"} 3.0",
                        "drover_takeover_seconds_count{part=\"start\"} 1",
                        "drover_takeover_seconds_sum{part=\"start\"} 0.75");
    }

    @Test
    void whatBeganBeforeThisLeadershipIsNotMeasured() {
        Phase.Placed before = new Phase.Placed(LOST, 1);
        look(3, FencingState.FENCING, before, false);
        look(5, FencingState.FENCED, before, false);
        look(6, FencingState.FENCED, new Phase.Placed(OTHER, 1), true);

        assertThat(figures()).filteredOn(line -> line.contains("_count")).allMatch(line -> line.endsWith(" 0"));
    }

    @Test
    void nodeThatJoinsAnewInsteadIsDetectedAndNothingElse() {
        Phase.Placed before = new Phase.Placed(LOST, 1);
        look(1, FencingState.CLEAR, before, false);
        look(2, FencingState.FENCING, before, false);
        look(3, FencingState.CLEAR, before, false);
        look(4, FencingState.FENCED, before, false);

        assertThat(figures())
                .contains(
                        "drover_takeover_seconds_count{part=\"detection\"} 1",
                        "drover_takeover_seconds_count{part=\"proof\"} 0",
                        "drover_takeover_seconds_sum{part=\"detection\"} 2.0");
    }
}
