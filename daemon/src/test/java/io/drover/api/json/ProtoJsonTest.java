package io.drover.api.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.drover.proto.v1.ClusterSettingsRecord;
import io.drover.proto.v1.DrainStatus;
import io.drover.proto.v1.NodeState;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.VmPriority;
import io.drover.proto.v1.VmRecord;
import org.junit.jupiter.api.Test;

class ProtoJsonTest {
    @Test
    void printsEmptyFieldsAndLeavesAbsentMessagesAndUnspecifiedEnumsOut() {
        assertThat(ProtoJson.compact(ProtoJson.tree(NodeStatus.getDefaultInstance())))
                .isEqualTo("{\"name\":\"\",\"incarnation\":0,\"probes\":[],\"vms\":[],\"memoryTotal\":0,"
                        + "\"memoryAvailable\":0,\"cpuLoad\":0.0,\"cpus\":0,\"message\":\"\",\"grpcAddress\":\"\","
                        + "\"httpAddress\":\"\",\"version\":\"\",\"drainOperation\":\"\",\"migrationsRunning\":0,"
                        + "\"reason\":\"\",\"actor\":\"\",\"voter\":false,\"witness\":false,\"fencingProof\":\"\","
                        + "\"departures\":0}");
    }

    @Test
    void writesEnumsAsTheirWordWithoutThePrefix() {
        ObjectNode tree = ProtoJson.tree(NodeStatus.newBuilder()
                .setState(NodeState.NODE_STATE_UP)
                .setDrainStatus(DrainStatus.DRAIN_STATUS_IN_PROGRESS)
                .build());
        assertThat(tree.get("state").textValue()).isEqualTo("Up");
        assertThat(tree.get("drainStatus").textValue()).isEqualTo("InProgress");
        assertThat(ProtoWords.of(VmPriority.VM_PRIORITY_NO_AUTO_START)).isEqualTo("NoAutoStart");
        assertThat(ProtoWords.of(VmPriority.VM_PRIORITY_UNSPECIFIED)).isEmpty();
        assertThat(ProtoWords.of(VmPriority.UNRECOGNIZED)).isEqualTo("Unrecognized");
    }

    @Test
    void keepsAnEnumValueOfANewerVersionVisible() {
        ObjectNode tree =
                ProtoJson.tree(NodeStatus.newBuilder().setStateValue(99).build());
        assertThat(tree.get("state").textValue()).isEqualTo("Unrecognized");
    }

    @Test
    void writesSixtyFourBitIntegersAsUnsignedNumbers() {
        NodeStatus node = NodeStatus.newBuilder().setMemoryTotal(-1).setCpus(-1).build();
        assertThat(ProtoJson.compact(ProtoJson.tree(node)))
                .contains("\"memoryTotal\":18446744073709551615", "\"cpus\":4294967295");
    }

    @Test
    void writesTimesInUtcAndDurationsAsSeconds() {
        NodeStatus node = NodeStatus.newBuilder()
                .setSince(Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(250_000_000))
                .setHeardAgo(Duration.newBuilder().setSeconds(1).setNanos(38_400_000))
                .build();
        assertThat(ProtoJson.compact(ProtoJson.tree(node)))
                .contains("\"since\":\"2023-11-14T22:13:20.250Z\"", "\"heardAgo\":1.0384");
    }

    @Test
    void roundsDurationsToMicrosecondsAndNeverUsesAnExponent() {
        assertThat(heardAgo(0, 1_499)).isEqualTo("0.000001");
        assertThat(heardAgo(100, 0)).isEqualTo("100");
        assertThat(heardAgo(0, 0)).isEqualTo("0");
        assertThat(heardAgo(-2, -500_000_000)).isEqualTo("-2.5");
    }

    @Test
    void leavesAbsentOptionalsAndTheOtherSidesOfAChoiceOut() {
        assertThat(ProtoJson.compact(ProtoJson.tree(ClusterSettingsRecord.getDefaultInstance())))
                .isEqualTo("{\"rules\":[]}");
        ClusterSettingsRecord zero =
                ClusterSettingsRecord.newBuilder().setMigrationBandwidth(0).build();
        assertThat(ProtoJson.compact(ProtoJson.tree(zero))).isEqualTo("{\"migrationBandwidth\":0,\"rules\":[]}");
        VmRecord.Builder vm = VmRecord.newBuilder();
        vm.getStoppedBuilder().setLastOwner("node1");
        assertThat(ProtoJson.tree(vm.build()).has("stopped")).isTrue();
        assertThat(ProtoJson.tree(vm.build()).has("placed")).isFalse();
    }

    @Test
    void leavesFiguresOutThatJsonCannotExpress() {
        NodeStatus node = NodeStatus.newBuilder().setCpuLoad(Double.NaN).build();
        assertThat(ProtoJson.tree(node).has("cpuLoad")).isFalse();
    }

    private static String heardAgo(long seconds, int nanos) {
        NodeStatus node = NodeStatus.newBuilder()
                .setHeardAgo(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();
        String text = ProtoJson.compact(ProtoJson.tree(node).get("heardAgo"));
        return text;
    }
}
