package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.GuestState;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** VMs that cannot move live are stopped and started elsewhere. */
class ForcedDrainTest {
    @Test
    void forceStopsAndStartsElsewhereWhatCannotMoveLive() {
        ClusterModel cluster =
                ClusterModel.of(2).running("vm1", "hv1", 4).running(Specs.fixed(Specs.of("vm2", 4)), "hv1");

        Operation ended = cluster.end(cluster.begin(Requests.forcedDrain("hv1")));

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        OperationStep step = cluster.step(ended.id(), "vm2");
        assertThat(step.kind()).isEqualTo(MoveKind.RESTART);
        assertThat(step.message()).isEqualTo("stopped and started again");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv2");
        assertThat(cluster.host("hv2").guest("vm2")).contains(GuestState.RUNNING);
        assertThat(cluster.told()).contains("vm2 is stopped on hv1 to be started on another node, as forced");
    }

    @Test
    void forceSendsToTheNodeThatWasAskedFor() {
        ClusterModel cluster = ClusterModel.of(4)
                .running(Specs.fixed(Specs.of("vm1", 4)), "hv1")
                .running("vm2", "hv3", 40);

        cluster.end(cluster.begin(Requests.forced(Requests.drainTo("hv1", "hv3"))));

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
    }

    @Test
    void forceStopsNothingThatHasNowhereToStart() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.fixed(Specs.of("vm1", 20)), "hv1")
                .running(Specs.fixed(Specs.of("vm2", 20)), "hv1")
                .running("vm3", "hv2", 34);

        Operation ended = cluster.end(cluster.begin(Requests.forcedDrain("hv1")));
        cluster.ticks(10);

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(cluster.host("hv2").guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.host("hv1").guest("vm2")).contains(GuestState.RUNNING);
        assertThat(cluster.vm("vm2").stopRequest()).isEmpty();
    }

    @Test
    void memoryKeptForARestartIsGivenToNobodyElse() {
        ClusterModel cluster = ClusterModel.of(3)
                .running(Specs.fixed(Specs.of("vm1", 40)), "hv1")
                .deaf("vm1")
                .running("vm2", "hv3", 40);
        cluster.begin(Requests.forced(Requests.drainTo("hv1", "hv2")));
        cluster.tick();

        assertThat(cluster.refused(Requests.migrate("vm2")).why())
                .isEqualTo("hv1: is being drained; hv2: has 24 GiB of memory free, 40 GiB needed");
    }

    @Test
    void aForcedVmWhoseTargetIsLostStartsOnAnother() {
        ClusterModel cluster = ClusterModel.of(3)
                .running(Specs.fixed(Specs.of("vm1", 4)), "hv1")
                .deaf("vm1");
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        cluster.ticks(2);
        String target = cluster.step(drain, "vm1").target().orElseThrow().value();
        cluster.host(target).inContact(false);
        cluster.ticks(7);
        cluster.store(cluster.vm("vm1").stopped(new NodeId("hv1")));
        cluster.host("hv1").guest("vm1", GuestState.OFF, 4);

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo(target).isNotEqualTo("hv1");
    }

    @Test
    void aForcedVmThatNothingCanHoldAnyMoreEndsTheDrainAndSaysSo() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.fixed(Specs.of("vm1", 4)), "hv1")
                .deaf("vm1");
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        cluster.ticks(2);
        cluster.host("hv2").inContact(false);
        cluster.ticks(7);
        cluster.store(cluster.vm("vm1").stopped(new NodeId("hv1")));
        cluster.host("hv1").guest("vm1", GuestState.OFF, 4);

        assertThat(cluster.end(drain).message())
                .isEqualTo("0 of 1 moved; left: vm1 (it is off, waiting for capacity: "
                        + "hv1: is paused; hv2: is out of contact)".replace("is paused", "is being drained"));
        cluster.host("hv2").inContact(true);
        cluster.ticks(3);
        assertThat(cluster.host("hv2").guest("vm1")).contains(GuestState.RUNNING);
    }

    @Test
    void aForcedVmThatDoesNotStartElsewhereFailsItsStep() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.maxRestarts(Specs.fixed(Specs.of("vm1", 4)), 1), "hv1")
                .unstartable("vm1", true);

        Operation ended = cluster.end(cluster.begin(Requests.forcedDrain("hv1")));

        assertThat(ended.message()).isEqualTo("0 of 1 moved; left: vm1 (its disk is missing)");
        assertThat(cluster.vm("vm1").failed()).isTrue();
    }

    @Test
    void anOperatorsStopEndsAForcedRestart() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.fixed(Specs.of("vm1", 4)), "hv1")
                .deaf("vm1");
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        cluster.ticks(2);
        cluster.begin(Requests.turnOff("vm1"));

        Operation ended = cluster.end(drain);
        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.step(drain, "vm1").message()).isEqualTo("it is off");
        cluster.ticks(3);
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Stopped(Optional.of(new NodeId("hv1"))));
    }
}
