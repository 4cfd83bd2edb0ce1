package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Starting and stopping VMs, and what starts by itself. */
class PowerTest {
    @Test
    void startGivesTheVmToTheBestNodeAndEndsWhenItRuns() {
        ClusterModel cluster = ClusterModel.of(2).off(Specs.of("vm1", 4)).running("vm2", "hv1", 8);

        OperationId start = cluster.begin(Requests.start("vm1"));
        assertThat(cluster.operation(start).state()).isEqualTo(OperationState.RUNNING);
        Operation ended = cluster.end(start);

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(ended.message()).isEqualTo("it runs");
        assertThat(ended.steps().get(0).message()).isEqualTo("runs on hv2");
        assertThat(cluster.host("hv2").guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.told()).contains("vm1 is started as asked");
    }

    @Test
    void startOfAVmThatRunsIsRefused() {
        Problem problem = ClusterModel.of(2).running("vm1", "hv1", 4).refused(Requests.start("vm1"));

        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.what()).isEqualTo("VM 'vm1' is not started");
        assertThat(problem.why()).isEqualTo("it runs or is being started");
        assertThat(problem.remedies()).containsExactly("drover vm show vm1");
    }

    @Test
    void startThatFitsNowhereIsRefusedWithTheFigures() {
        ClusterModel cluster = ClusterModel.of(2).off(Specs.of("vm1", 80));

        Problem problem = cluster.refused(Requests.start("vm1"));
        assertThat(problem.why())
                .isEqualTo("no node can take it: hv1: has 64 GiB of memory free, 80 GiB needed; "
                        + "hv2: has 64 GiB of memory free, 80 GiB needed");
        assertThat(problem.remedies()).containsExactly("free memory on a node");
        assertThat(cluster.vm("vm1").desired()).isEqualTo(DesiredState.OFF);
    }

    @Test
    void startAndStopOfAnUnknownVmAreErrorsOfUse() {
        ClusterModel cluster = ClusterModel.of(2);

        assertThat(cluster.refused(Requests.start("vm9")).kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(cluster.refused(Requests.stop("vm9")).why()).isEqualTo("the cluster has no VMs");
    }

    @Test
    void aVmThatCannotStartIsGivenUpAndTheOperationSaysWhy() {
        ClusterModel cluster = ClusterModel.of(2).off(Specs.of("vm1", 4)).unstartable("vm1", true);

        Operation ended = cluster.end(cluster.begin(Requests.start("vm1")));
        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message()).isEqualTo("its disk is missing");
        // Four tries on a node, on each of four: once as asked, three times given to another.
        assertThat(cluster.vm("vm1").failures()).hasSize(16);
        assertThat(cluster.vm("vm1").failures().stream()
                        .map(failure -> failure.node().value())
                        .distinct())
                .containsExactly("hv1", "hv2");
        assertThat(cluster.told())
                .contains("vm1 is given up after 16 failures (8 on hv1, 8 on hv2), the last: its disk is missing");
        cluster.ticks(30);
        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Stopped.class);

        cluster.unstartable("vm1", false);
        assertThat(cluster.end(cluster.begin(Requests.start("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.vm("vm1").failed()).isFalse();
    }

    @Test
    void stopShutsTheGuestDownAndEndsWhenItIsOff() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);

        OperationId stop = cluster.begin(Requests.stop("vm1"));
        cluster.tick();
        assertThat(cluster.step(stop, "vm1").message()).isEqualTo("waiting for the guest to shut down");
        Operation ended = cluster.end(stop);

        assertThat(ended.message()).isEqualTo("it is off");
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Stopped(Optional.of(new NodeId("hv1"))));
        assertThat(cluster.vm("vm1").stopRequest()).isEmpty();
        cluster.ticks(5);
        assertThat(cluster.host("hv1").guest("vm1")).contains(GuestState.OFF);
        assertThat(cluster.told()).contains("vm1 is shut down as asked");
    }

    @Test
    void stopWaitsAsLongAsAGuestMayTakeToShutDown() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).deaf("vm1");
        OperationId stop = cluster.begin(Requests.stop("vm1"));
        cluster.ticks((int) ClusterSettings.DEFAULTS.shutdownTimeout().toSeconds());
        assertThat(cluster.operation(stop).state()).isEqualTo(OperationState.RUNNING);

        Operation ended = cluster.end(stop);
        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message()).isEqualTo("waiting for the guest to shut down");
        assertThat(ended.steps().get(0).remedy()).isEqualTo("drover vm stop vm1 --off");
        assertThat(cluster.end(cluster.begin(Requests.turnOff("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void turningOffReplacesAShutDownThatIsUnderWay() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).deaf("vm1");
        OperationId stop = cluster.begin(Requests.stop("vm1"));
        cluster.ticks(3);

        assertThat(cluster.end(cluster.begin(Requests.turnOff("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.operation(stop).state()).isEqualTo(OperationState.CANCELLED);
    }

    @Test
    void startDuringAStopStartsItAgainOnceItIsOff() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        OperationId stop = cluster.begin(Requests.stop("vm1"));
        cluster.tick();
        OperationId start = cluster.begin(Requests.start("vm1"));
        cluster.round();
        assertThat(cluster.step(start, "vm1").message())
                .isEqualTo("waiting for it to shut down before it starts again");

        Operation ended = cluster.end(start);
        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.operation(stop).state()).isEqualTo(OperationState.CANCELLED);
        assertThat(cluster.vm("vm1").generation()).isEqualTo(2);
        assertThat(cluster.vm("vm1").failures()).isEmpty();
    }

    @Test
    void stopOfAVmThatNobodyHasClaimedTakesItBackAtOnce() {
        ClusterModel cluster = ClusterModel.of(2).off(Specs.of("vm1", 4));
        OperationId start = cluster.begin(Requests.start("vm1"));
        OperationId stop = cluster.begin(Requests.stop("vm1"));

        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Stopped.class);
        assertThat(cluster.end(stop).message()).isEqualTo("it is off");
        assertThat(cluster.end(start).state()).isEqualTo(OperationState.CANCELLED);
    }

    @Test
    void stopOfAVmThatIsOffOrOnItsWayIsRefused() {
        ClusterModel cluster = ClusterModel.of(2)
                .off(Specs.of("vm1", 4))
                .running("vm2", "hv1", 4)
                .roundsOfMove(5);
        cluster.begin(Requests.migrate("vm2"));
        cluster.tick();

        assertThat(cluster.refused(Requests.stop("vm1")).why()).isEqualTo("it is off");
        Problem moving = cluster.refused(Requests.stop("vm2"));
        assertThat(moving.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(moving.what()).isEqualTo("VM 'vm2' is not stopped");
        assertThat(moving.why()).isEqualTo("it is on its way from hv1 to hv2");
        assertThat(moving.remedies()).containsExactly("wait for its end, or cancel it with 'drover vm cancel vm2'");
    }

    @Test
    void stopOfAVmThatWasGivenUpEndsItsFailedState() {
        ClusterModel cluster = ClusterModel.of(2)
                .put(VmRecord.added(Specs.of("vm1", 4), DesiredState.RUNNING).withFailed(true));

        assertThat(cluster.end(cluster.begin(Requests.stop("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.vm("vm1").failed()).isFalse();
    }

    @Test
    void dryRunsOfStartAndStopChangeNothing() {
        ClusterModel cluster = ClusterModel.of(2).off(Specs.of("vm1", 4)).running("vm2", "hv1", 4);

        assertThat(cluster.ask(new Request.StartVm(Requests.DRY_RUN, new VmId("vm1"))))
                .isInstanceOf(Verdict.Planned.class);
        assertThat(cluster.ask(new Request.StopVm(Requests.DRY_RUN, new VmId("vm2"), false)))
                .isInstanceOf(Verdict.Planned.class);
        assertThat(cluster.operations()).isEmpty();
        assertThat(cluster.vm("vm2").desired()).isEqualTo(DesiredState.RUNNING);
    }

    @Test
    void whatShouldRunAndIsNobodysIsStartedTheHighestPriorityFirst() {
        ClusterModel cluster = ClusterModel.of(1)
                .put(VmRecord.added(Specs.priority(Specs.of("low", 40), Priority.LOW), DesiredState.RUNNING))
                .put(VmRecord.added(Specs.priority(Specs.of("top", 40), Priority.HIGH), DesiredState.RUNNING));
        cluster.ticks(5);

        assertThat(cluster.host("hv1").guest("top")).contains(GuestState.RUNNING);
        assertThat(cluster.vm("low").phase()).isInstanceOf(Phase.Stopped.class);
        VmStates.Condition low = VmStates.of(cluster.vm("low"), cluster.view());
        assertThat(low.message()).isEqualTo("waiting for capacity: hv1: has 24 GiB of memory free, 40 GiB needed");
        assertThat(cluster.round()).isEmpty();
    }

    @Test
    void aVmThatRunsAlreadySomewhereIsAssignedThere() {
        ClusterModel cluster = ClusterModel.of(3)
                .put(VmRecord.added(Specs.of("vm1", 4), DesiredState.RUNNING))
                .running("vm2", "hv3", 40);
        cluster.host("hv3").guest("vm1", GuestState.RUNNING, 4);
        cluster.ticks(3);

        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(new NodeId("hv3"), 1));
        assertThat(cluster.told()).contains("vm1 is given to hv3 (it runs there already)");
    }

    @Test
    void startOfAVmThatRunsAlreadySomewhereAssignsItThere() {
        ClusterModel cluster = ClusterModel.of(3).off(Specs.of("vm1", 4)).running("vm2", "hv3", 40);
        cluster.host("hv3").guest("vm1", GuestState.RUNNING, 4);
        cluster.hear();
        cluster.end(cluster.begin(Requests.start("vm1")));

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
    }

    @Test
    void aVmThatRunsOnAPausedNodeBeforeItIsClaimedStaysThere() {
        ClusterModel cluster = ClusterModel.of(2);
        cluster.end(cluster.begin(Requests.drain("hv1")));
        cluster.host("hv1").guest("vm1", GuestState.RUNNING, 4);
        cluster.hear();
        cluster.ask(Requests.add(Specs.of("vm1", 4), DesiredState.RUNNING));
        cluster.round();
        cluster.round();

        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Assigned(new NodeId("hv1")));
        cluster.ticks(3);
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(new NodeId("hv1"), 1));
    }

    @Test
    void anUnclaimedVmIsReassignedWhenItsOwnerGoes() {
        ClusterModel cluster = ClusterModel.of(3).off(Specs.of("vm1", 4));
        cluster.begin(Requests.start("vm1"));
        String owner = cluster.nodeOf("vm1");
        cluster.host(owner).inContact(false);
        cluster.ticks(5);
        assertThat(cluster.nodeOf("vm1")).isEqualTo(owner);
        cluster.ticks(3);

        assertThat(cluster.nodeOf("vm1")).isNotEqualTo(owner);
        assertThat(cluster.host(cluster.nodeOf("vm1")).guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.told())
                .contains("vm1 is given to hv2 instead of hv1, which is out of contact and had not claimed it");
    }

    @Test
    void aClaimedVmStaysWithAnOwnerThatIsOutOfContact() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4);
        cluster.host("hv1").inContact(false);
        cluster.ticks(600);

        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(new NodeId("hv1"), 1));
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).state()).isEqualTo(VmState.UNMONITORED);
    }

    @Test
    void aGuestThatEndsByItselfIsStartedAgainWhereItWas() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        cluster.host("hv1").guest("vm1", GuestState.OFF, 4);
        cluster.until(
                () -> cluster.host("hv1").guest("vm1").equals(Optional.of(GuestState.RUNNING)), Duration.ofSeconds(3));

        assertThat(cluster.vm("vm1").failures()).hasSize(1);
        assertThat(cluster.vm("vm1").generation()).isEqualTo(1);
    }
}
