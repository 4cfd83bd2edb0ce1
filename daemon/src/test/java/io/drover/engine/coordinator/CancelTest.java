package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DrainStatus;
import io.drover.model.GuestState;
import io.drover.model.NodeMode;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.StepState;
import org.junit.jupiter.api.Test;

/** Cancelling what is under way. */
class CancelTest {
    private static ClusterModel draining() {
        return ClusterModel.of(3).roundsOfMove(10).running("vm1", "hv1", 4).running("vm2", "hv1", 8);
    }

    @Test
    void aCancelledMoveOfADrainGoesOnToAnotherTarget() {
        ClusterModel cluster = draining();
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);
        String first = cluster.step(drain, "vm1").target().orElseThrow().value();

        assertThat(cluster.begin(Requests.cancel("vm1"))).isEqualTo(drain);
        Operation ended = cluster.end(drain);

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo(first).isNotEqualTo("hv1");
        assertThat(cluster.step(drain, "vm1").attempts()).isEqualTo(2);
        assertThat(cluster.step(drain, "vm2").attempts()).isEqualTo(1);
        assertThat(cluster.told()).contains("vm1 its move is to be cancelled");
    }

    @Test
    void aCancelledMoveOfItsOwnEndsAndTheGuestRunsOn() {
        ClusterModel cluster = draining();
        OperationId move = cluster.begin(Requests.migrate("vm1"));
        cluster.ticks(2);
        cluster.begin(Requests.cancel("vm1"));

        Operation ended = cluster.end(move);
        assertThat(ended.state()).isEqualTo(OperationState.CANCELLED);
        assertThat(ended.message()).isEqualTo("cancelled with 0 of 1 done");
        assertThat(ended.steps().get(0).message()).isEqualTo("cancelled; it runs on");
        assertThat(cluster.host("hv1").guest("vm1")).contains(GuestState.RUNNING);
    }

    @Test
    void aCancelThatComesTooLateIsOvertakenByTheEnd() {
        ClusterModel cluster = ClusterModel.of(2).roundsOfMove(1).running("vm1", "hv1", 4);
        OperationId move = cluster.begin(Requests.migrate("vm1"));
        cluster.host("hv1").act();
        cluster.host("hv1").act();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        cluster.begin(Requests.cancel("vm1"));

        assertThat(cluster.end(move).steps().get(0).state()).isEqualTo(StepState.DONE);
    }

    @Test
    void aCancelledDrainLeavesTheRestWhereItIsAndTheNodePaused() {
        ClusterModel cluster = draining().running("vm3", "hv1", 1);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);
        cluster.begin(Requests.cancel(drain));

        Operation ended = cluster.end(drain);
        assertThat(ended.state()).isEqualTo(OperationState.CANCELLED);
        assertThat(ended.message()).isEqualTo("cancelled with 0 of 3 done");
        assertThat(cluster.step(drain, "vm3").message()).isEqualTo("not begun");
        assertThat(cluster.vms().values())
                .allMatch(vm -> cluster.nodeOf(vm.id().value()).equals("hv1"));
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.PAUSED);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.NOT_INITIATED);
    }

    @Test
    void cancelOfAnOperationWhoseNodeIsOutOfContactEnds() {
        ClusterModel cluster = draining();
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);
        cluster.host("hv1").inContact(false);
        cluster.ticks(7);
        cluster.begin(Requests.cancel(drain));
        cluster.tick();

        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.CANCELLED);
        assertThat(cluster.step(drain, "vm1").message())
                .isEqualTo("hv1 is out of contact, so nobody can say whether it still moves");
    }

    @Test
    void cancelOfAVmThatIsNotInHandIsRefused() {
        Problem problem = draining().refused(Requests.cancel("vm1"));

        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.what()).isEqualTo("nothing is cancelled");
        assertThat(problem.why()).isEqualTo("VM 'vm1' is not being moved, started or stopped");
        assertThat(problem.remedies()).containsExactly("drover vm show vm1");
    }

    @Test
    void cancelOfAVmWhoseMoveHasNotBegunIsRefusedRatherThanWithoutEffect() {
        ClusterModel cluster = draining().running("vm3", "hv1", 1);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);

        Problem problem = cluster.refused(Requests.cancel("vm3"));
        assertThat(problem.what()).isEqualTo("VM 'vm3' is not cancelled");
        assertThat(problem.why()).isEqualTo("its move has not begun");
        assertThat(problem.remedies()).containsExactly("drover op cancel " + drain);
    }

    @Test
    void cancelOfAForcedRestartIsRefused() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.fixed(Specs.of("vm1", 4)), "hv1")
                .deaf("vm1");
        cluster.begin(Requests.forcedDrain("hv1"));
        cluster.ticks(2);

        assertThat(cluster.refused(Requests.cancel("vm1")).why())
                .isEqualTo("it is being stopped to be started on another node");
    }

    @Test
    void cancelOfAStopIsRefusedAndNamesTheStart() {
        ClusterModel cluster = draining().deaf("vm1");
        OperationId stop = cluster.begin(Requests.stop("vm1"));
        cluster.tick();

        Problem problem = cluster.refused(Requests.cancel("vm1"));
        assertThat(problem.why()).isEqualTo("operation " + stop + " stops it; only moves can be cancelled");
        assertThat(problem.remedies()).containsExactly("drover vm start vm1");
        assertThat(cluster.refused(Requests.cancel(stop)).what()).isEqualTo("operation " + stop + " is not cancelled");
    }

    @Test
    void cancelOfAnUnknownVmOrOperationIsAnErrorOfUse() {
        ClusterModel cluster = draining();

        Problem vm = cluster.refused(Requests.cancel("vm9"));
        assertThat(vm.kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(vm.what()).isEqualTo("there is no VM 'vm9'");
        assertThat(vm.why()).isEqualTo("none of the cluster's 2 VMs has that name");
        Problem operation = cluster.refused(Requests.cancel(new OperationId("1-77")));
        assertThat(operation.kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(operation.what()).isEqualTo("there is no operation '1-77'");
    }

    @Test
    void cancelOfAnOperationThatHasEndedIsRefused() {
        ClusterModel cluster = draining();
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.end(drain);

        Problem problem = cluster.refused(Requests.cancel(drain));
        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.why()).isEqualTo("it has ended: 2 of 2 moved");
        assertThat(problem.remedies()).containsExactly("drover op show " + drain);
    }

    @Test
    void dryRunsOfACancelChangeNothing() {
        ClusterModel cluster = draining();
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);
        Operation before = cluster.operation(drain);

        assertThat(cluster.ask(new Request.CancelOperation(Requests.DRY_RUN, drain)))
                .isEqualTo(new Verdict.Planned(Plan.EMPTY));
        assertThat(cluster.ask(new Request.CancelVm(
                        Requests.DRY_RUN, before.steps().get(0).vm())))
                .isEqualTo(new Verdict.Planned(Plan.EMPTY));
        assertThat(cluster.operation(drain)).isEqualTo(before);
    }
}
