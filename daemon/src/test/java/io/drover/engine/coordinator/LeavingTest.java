package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.GuestState;
import io.drover.model.NodeMode;
import io.drover.model.OperationKind;
import io.drover.model.Phase;
import io.drover.model.ShutdownPolicy;
import io.drover.model.VmState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Hosts shut down, and come back. */
class LeavingTest {
    private static boolean isEmpty(ClusterModel cluster, String host) {
        return cluster.vms().values().stream()
                .noneMatch(vm -> vm.phase().nodes().contains(cluster.host(host).id()));
    }

    private static void shutDown(ClusterModel cluster, String host) {
        cluster.host(host).leaving(true);
        cluster.tick();
        cluster.until(
                () -> isEmpty(cluster, host) && cluster.node(host).mode() != NodeMode.ACTIVE, Duration.ofMinutes(5));
        cluster.host(host).gone();
    }

    private static boolean runs(ClusterModel cluster, String vm) {
        return cluster.host(cluster.nodeOf(vm))
                .guest(vm)
                .filter(GuestState.RUNNING::equals)
                .isPresent();
    }

    @Test
    void aHostThatShutsDownIsEmptiedLiveAndItsVmsReturnAfterwards() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4).running("vm2", "hv1", 8);
        shutDown(cluster, "hv1");

        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.LEAVING);
        assertThat(cluster.node("hv1").actor()).isEqualTo("drover");
        assertThat(cluster.told()).contains("hv1 shuts down and is emptied of 2 VMs");
        assertThat(runs(cluster, "vm1") && runs(cluster, "vm2")).isTrue();
        cluster.ticks(60);
        cluster.host("hv1").back();
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv1");
        assertThat(cluster.movesBegun()).isEqualTo(4);
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.NOT_INITIATED);
        assertThat(cluster.node("hv1").drainOperation()).isEmpty();
        assertThat(cluster.vm("vm1").failures()).isEmpty();
    }

    @Test
    void withoutFailbackTheyStayWhereTheyAre() {
        ClusterModel cluster = ClusterModel.of(2).failback(FailbackMode.NONE).running("vm1", "hv1", 4);
        shutDown(cluster, "hv1");
        cluster.host("hv1").back();
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.node("hv1").drainOperation()).isEmpty();
    }

    @Test
    void anEmptyHostThatShutsDownIsGivenNothingAnyMore() {
        ClusterModel cluster = ClusterModel.of(2).running("load", "hv2", 30);
        cluster.host("hv1").leaving(true);
        cluster.ticks(2);
        cluster.ask(Requests.add(Specs.of("vm1", 4), DesiredState.RUNNING));
        cluster.ticks(3);

        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.LEAVING);
        assertThat(cluster.operations()).isEmpty();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void whatCannotMoveLiveIsStoppedAndStartedElsewhere() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.fixed(Specs.of("vm1", 4)), "hv1")
                .running("vm2", "hv1", 4);
        shutDown(cluster, "hv1");
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(runs(cluster, "vm1")).isTrue();
        assertThat(cluster.told())
                .contains("vm1 is stopped on hv1 to be started on another node, for its host shuts down");
    }

    @Test
    void liveMovesThatGoOnFailingGiveWayToARestartElsewhere() {
        ClusterModel cluster = ClusterModel.of(3)
                .moves((vm, source, target, attempt) ->
                        vm.value().equals("vm1") ? MoveScript.End.BREAKS : MoveScript.End.ARRIVES)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 4);
        shutDown(cluster, "hv1");
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv1");
        assertThat(runs(cluster, "vm1")).isTrue();
    }

    @Test
    void whatNoOtherNodeCanHoldGoesDownWithItsHostAndStartsAsSoonAsItCan() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 40).running("load", "hv2", 40);
        shutDown(cluster, "hv1");
        cluster.quiet();
        VmStates.Condition condition = VmStates.of(cluster.vm("vm1"), cluster.view());
        assertThat(condition.waits()).isTrue();
        assertThat(condition.message()).startsWith("waiting for capacity: ");

        cluster.host("hv1").back();
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(runs(cluster, "vm1")).isTrue();
        assertThat(cluster.vm("vm1").failures()).isEmpty();
    }

    @Test
    void theWholeClusterCanBeShutDownAndComesBackAsItWas() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).running("vm2", "hv2", 4);
        cluster.host("hv1").leaving(true);
        cluster.host("hv2").leaving(true);
        cluster.tick();
        cluster.until(() -> isEmpty(cluster, "hv1") && isEmpty(cluster, "hv2"), Duration.ofMinutes(1));
        cluster.host("hv1").gone();
        cluster.host("hv2").gone();
        cluster.ticks(10);
        cluster.host("hv2").back();
        cluster.host("hv1").back();
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv2");
    }

    @Test
    void frozenVmsGoDownWithTheirHostAndNobodyElseGetsThem() {
        ClusterModel cluster =
                ClusterModel.of(2).shutdown(ShutdownPolicy.FREEZE).running("vm1", "hv1", 4);
        shutDown(cluster, "hv1");
        cluster.ticks(300);

        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Stopped.class);
        assertThat(cluster.vm("vm1").desired()).isEqualTo(DesiredState.RUNNING);
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()))
                .isEqualTo(new VmStates.Condition(
                        VmState.OFF, "waiting for hv1, with which it was shut down and will start again", true));
        cluster.host("hv1").back();
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(runs(cluster, "vm1")).isTrue();
    }

    @Test
    void aFrozenVmCanBeStartedElsewhereByAnOperator() {
        ClusterModel cluster =
                ClusterModel.of(2).shutdown(ShutdownPolicy.FREEZE).running("vm1", "hv1", 4);
        shutDown(cluster, "hv1");
        cluster.end(cluster.begin(Requests.start("vm1")));

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void byThePolicyOfFailoverVmsAreStoppedAndStartedElsewhere() {
        ClusterModel cluster =
                ClusterModel.of(2).shutdown(ShutdownPolicy.FAILOVER).running("vm1", "hv1", 4);
        shutDown(cluster, "hv1");
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.movesBegun()).isZero();
        assertThat(runs(cluster, "vm1")).isTrue();
    }

    @Test
    void anOperatorsMaintenanceOutlivesTheRebootAndANewCoordinator() {
        ClusterModel cluster =
                ClusterModel.of(3).failback(FailbackMode.IMMEDIATE).running("vm1", "hv1", 4);
        cluster.end(cluster.begin(Requests.drain("hv1")));
        shutDown(cluster, "hv1");
        cluster.newCoordinator().ticks(20);
        cluster.host("hv1").back();
        cluster.quiet();

        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.PAUSED);
        assertThat(cluster.node("hv1").reason()).isEqualTo("maintenance");
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv1");
        cluster.end(cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE)));
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void aHostInMaintenanceThatIsNotEmptyIsEmptiedBeforeItGoes() {
        ClusterModel cluster = ClusterModel.of(2).running(Specs.fixed(Specs.of("vm1", 4)), "hv1");
        cluster.end(cluster.begin(Requests.drain("hv1")));
        shutDown(cluster, "hv1");
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.PAUSED);
    }

    @Test
    void aShutdownThatIsCalledOffBringsTheVmsBack() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).roundsOfMove(4);
        cluster.host("hv1").leaving(true);
        cluster.ticks(4);
        cluster.host("hv1").leaving(false);
        cluster.quiet();

        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.told()).contains("hv1 does not shut down after all");
    }

    @Test
    void aDisarmedClusterEmptiesAHostThatShutsDownToo() {
        ClusterModel cluster =
                ClusterModel.of(2).running("vm1", "hv1", 4).running(Specs.fixed(Specs.of("vm2", 4)), "hv1");
        cluster.ask(new Request.Disarm(Requests.ADMIN, java.util.Optional.empty()));
        shutDown(cluster, "hv1");
        cluster.quiet();
        assertThat(runs(cluster, "vm1") && runs(cluster, "vm2")).isTrue();

        cluster.host("hv1").back();
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        cluster.ask(new Request.Arm(Requests.ADMIN));
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void theDrainGoesOnUnderANewCoordinator() {
        ClusterModel cluster = ClusterModel.of(2)
                .roundsOfMove(8)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 4)
                .running("vm3", "hv1", 4);
        cluster.host("hv1").leaving(true);
        cluster.ticks(3).newCoordinator();
        cluster.until(() -> isEmpty(cluster, "hv1"), Duration.ofMinutes(2));
        cluster.ticks(10);

        assertThat(cluster.operations().values().stream().filter(operation -> operation.kind() == OperationKind.DRAIN))
                .hasSize(1);
    }
}
