package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of VMs that fail where they are, and what starts by itself. */
class RelocationTest {
    private static boolean runs(ClusterModel cluster, String vm) {
        return cluster.vm(vm).phase() instanceof Phase.Placed placed
                && cluster.host(placed.owner()).isExecuting(new VmId(vm));
    }

    @Test
    void aStartThatFailsOnceIsTriedAgainInPlace() {
        ClusterModel cluster =
                ClusterModel.of(3).off(Specs.limits(Specs.of("vm1", 4), 1, 1)).startFails("vm1", "hv1", 1);

        assertThat(cluster.end(cluster.begin(Requests.start("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.vm("vm1").failures()).hasSize(1);
    }

    @Test
    void withoutRestartsInPlaceItIsGivenToANodeThatItDidNotFailOn() {
        ClusterModel cluster = ClusterModel.of(4)
                .off(Specs.limits(Specs.of("vm1", 4), 0, 3))
                .startFails("vm1", "hv1", 1)
                .startFails("vm1", "hv2", 1)
                .startFails("vm1", "hv3", 1);

        assertThat(cluster.end(cluster.begin(Requests.start("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv4");
        assertThat(cluster.vm("vm1").failures()).hasSize(3);
    }

    @Test
    void whereThereIsNoOtherNodeItIsTriedAgainOnTheSame() {
        ClusterModel cluster =
                ClusterModel.of(1).off(Specs.limits(Specs.of("vm1", 4), 0, 3)).startFails("vm1", "hv1", 3);

        assertThat(cluster.end(cluster.begin(Requests.start("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void whenAllTriesAreUsedUpItIsGivenUpWithItsWholeHistory() {
        ClusterModel cluster =
                ClusterModel.of(2).off(Specs.limits(Specs.of("vm1", 4), 1, 1)).unstartable("vm1", true);
        Operation ended = cluster.end(cluster.begin(Requests.start("vm1")));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(cluster.vm("vm1").failures()).hasSize(4);
        assertThat(cluster.vm("vm1").failed()).isTrue();
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).state()).isEqualTo(VmState.FAILED);
        assertThat(cluster.told())
                .contains("vm1 is given up after 4 failures (2 on hv1, 2 on hv2), the last: its disk is missing");
        cluster.ticks(300);
        assertThat(cluster.vm("vm1").failures()).hasSize(4);
    }

    @Test
    void anOperatorsStartGivesItAllItsTriesAgain() {
        ClusterModel cluster =
                ClusterModel.of(2).off(Specs.limits(Specs.of("vm1", 4), 1, 1)).unstartable("vm1", true);
        cluster.end(cluster.begin(Requests.start("vm1")));
        cluster.unstartable("vm1", false).startFails("vm1", "hv1", 2).startFails("vm1", "hv2", 1);

        assertThat(cluster.end(cluster.begin(Requests.start("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void evenEndlessLimitsEndAFailureLoop() {
        ClusterModel cluster = ClusterModel.of(2)
                .off(Specs.limits(Specs.of("vm1", 4), 2, 1000))
                .unstartable("vm1", true);
        cluster.end(cluster.begin(Requests.start("vm1")));

        assertThat(cluster.vm("vm1").failures()).hasSize(VmRecord.FAILURES_KEPT);
    }

    @Test
    void failuresOfLongAgoAreForgotten() {
        ClusterModel cluster = ClusterModel.of(2).running(Specs.limits(Specs.of("vm1", 4), 1, 0), "hv1");
        for (int i = 0; i < 6; i++) {
            cluster.host(cluster.nodeOf("vm1")).guest("vm1", GuestState.OFF, 4);
            cluster.until(() -> runs(cluster, "vm1"), Duration.ofMinutes(1));
            cluster.ticks(3700);
        }

        assertThat(cluster.vm("vm1").failed()).isFalse();
    }

    @Test
    void aVmThatCrashesTooOftenIsGivenToAnotherNode() {
        ClusterModel cluster = ClusterModel.of(2).running(Specs.limits(Specs.of("vm1", 4), 1, 1), "hv1");
        for (int i = 0; i < 2; i++) {
            cluster.host("hv1").guest("vm1", GuestState.OFF, 4);
            cluster.ticks(3);
        }

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(runs(cluster, "vm1")).isTrue();
    }

    @Test
    void whatIsOnlyStartedByOperatorsWaitsForOne() {
        VmRecord vm = VmRecord.added(Specs.priority(Specs.of("vm1", 4), Priority.NO_AUTO_START), DesiredState.RUNNING)
                .stopped(new NodeId("hv1"));
        ClusterModel cluster = ClusterModel.of(2).put(vm).ticks(30);

        VmStates.Condition condition = VmStates.of(cluster.vm("vm1"), cluster.view());
        assertThat(condition.waits()).isTrue();
        assertThat(condition.message())
                .isEqualTo("waiting for an operator: its priority says that it is not started by itself");
        cluster.end(cluster.begin(Requests.start("vm1")));
        assertThat(runs(cluster, "vm1")).isTrue();
    }

    @Test
    void whatIsOnlyStartedByOperatorsLeavesWithADrain() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.priority(Specs.of("vm1", 4), Priority.NO_AUTO_START), "hv1")
                .running(
                        Specs.fixed(Specs.priority(Specs.of("vm2", 4), Priority.NO_AUTO_START))
                                .withPriority(Priority.NO_AUTO_START),
                        "hv1");
        cluster.end(cluster.begin(Requests.forcedDrain("hv1")));
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv2");
        assertThat(runs(cluster, "vm2")).isTrue();
    }

    @Test
    void noMoreStartOnOneNodeAtATimeThanMay() {
        ClusterModel cluster = ClusterModel.of(1);
        for (int i = 1; i <= 9; i++) {
            cluster.put(VmRecord.added(Specs.of("vm" + i, 1), DesiredState.RUNNING));
        }
        cluster.round();

        long assigned = cluster.vms().values().stream()
                .filter(vm -> vm.phase() instanceof Phase.Assigned)
                .count();
        assertThat(assigned).isEqualTo(4);
        assertThat(VmStates.of(cluster.vm("vm9"), cluster.view()).message())
                .isEqualTo("waiting for a slot: 4 of 4 VMs that may start at a time do so on hv1");
        cluster.ticks(10);
        assertThat(cluster.vms().values()).allMatch(vm -> runs(cluster, vm.id().value()));
    }

    @Test
    void aVmThatCannotBeStoppedIsShownAsFailedAndItsRecordKnowsWhereItRuns() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).unstoppable("vm1", true);
        Operation stop = cluster.end(cluster.begin(Requests.turnOff("vm1")));
        cluster.ticks(3);

        assertThat(stop.state()).isEqualTo(OperationState.FAILED);
        VmStates.Condition condition = VmStates.of(cluster.vm("vm1"), cluster.view());
        assertThat(condition.state()).isEqualTo(VmState.FAILED);
        assertThat(condition.message()).isEqualTo("it cannot be stopped and still runs on hv1");
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(new NodeId("hv1"), 1));
        assertThat(cluster.told()).contains("vm1 cannot be stopped; it still runs on hv1");
    }

    @Test
    void aVmThatGoesOffInTheEndIsOffAndNotFailed() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).unstoppable("vm1", true);
        cluster.end(cluster.begin(Requests.turnOff("vm1")));
        cluster.ticks(3);
        cluster.unstoppable("vm1", false).ticks(3);

        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Stopped(Optional.of(new NodeId("hv1"))));
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).state()).isEqualTo(VmState.OFF);
        assertThat(cluster.vm("vm1").failed()).isFalse();
    }

    @Test
    void aVmWhosePossibleOwnersAreAllClosedSaysSo() {
        ClusterModel cluster =
                ClusterModel.of(2).put(VmRecord.added(Specs.onlyOn(Specs.of("vm1", 4), "hv2"), DesiredState.RUNNING));
        cluster.begin(Requests.drain("hv2"));
        cluster.ticks(10);

        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()))
                .isEqualTo(new VmStates.Condition(VmState.OFF, "waiting for a possible owner: hv2 is paused", true));
    }
}
