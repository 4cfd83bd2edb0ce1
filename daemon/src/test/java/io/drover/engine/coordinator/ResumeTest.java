package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.GuestState;
import io.drover.model.MigrationResult;
import io.drover.model.NodeMode;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node is taken back into service. */
class ResumeTest {
    private static ClusterModel drained() {
        ClusterModel cluster = ClusterModel.of(3)
                .running(Specs.prefers(Specs.of("vm1", 4), "hv1"), "hv1")
                .running("vm2", "hv1", 8)
                .running(Specs.prefers(Specs.of("vm3", 4), "hv1", "hv2"), "hv2")
                .running(Specs.prefers(Specs.of("vm4", 4), "hv2", "hv1"), "hv2");
        cluster.end(cluster.begin(Requests.drain("hv1")));
        return cluster;
    }

    @Test
    void immediateReturnsWhatTheDrainTookAway() {
        ClusterModel cluster = drained();

        Operation ended = cluster.end(cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE)));

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(ended.message()).isEqualTo("2 of 2 moved");
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv1");
        assertThat(cluster.nodeOf("vm3")).isEqualTo("hv2");
        assertThat(cluster.vm("vm1").drainedFrom()).isEmpty();
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.NOT_INITIATED);
        assertThat(cluster.node("hv1").drainOperation()).isEmpty();
        assertThat(cluster.told()).contains("hv1 is taken back into service, 2 VMs return (maintenance)");
    }

    @Test
    void policyReturnsWhatPrefersTheNodeToWhereItIs() {
        ClusterModel cluster = drained();

        cluster.end(cluster.begin(Requests.resume("hv1", FailbackMode.POLICY)));

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.nodeOf("vm2")).isNotEqualTo("hv1");
        assertThat(cluster.nodeOf("vm3")).isEqualTo("hv1");
        assertThat(cluster.nodeOf("vm4")).isEqualTo("hv2");
    }

    @Test
    void noneReturnsNothing() {
        ClusterModel cluster = drained();

        Operation ended = cluster.end(cluster.begin(Requests.resume("hv1", FailbackMode.NONE)));

        assertThat(ended.message()).isEqualTo("nothing had to move");
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv1");
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
    }

    @Test
    void aReturnRespectsTheMemoryOfTheNode() {
        ClusterModel cluster = drained();
        cluster.host("hv1").guest("stranger", GuestState.RUNNING, 58);
        cluster.hear();

        Operation ended = cluster.end(cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE)));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message()).contains("1 of 2 moved; left: vm2 (waiting for capacity: hv1: has ");
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void resumeDuringADrainStopsItAndReturnsWhatHadGone() {
        ClusterModel cluster = ClusterModel.of(3)
                .roundsOfMove(4)
                .running("vm1", "hv1", 1)
                .running("vm2", "hv1", 2)
                .running("vm3", "hv1", 4)
                .running("vm4", "hv1", 8);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.until(
                () -> cluster.nodeOf("vm4").equals("hv3")
                        || cluster.nodeOf("vm4").equals("hv2"),
                Duration.ofMinutes(1));
        cluster.ticks(2);

        OperationId resume = cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE));

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.CANCELLED);
        assertThat(cluster.end(resume).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.vms().values())
                .allMatch(vm -> cluster.nodeOf(vm.id().value()).equals("hv1"));
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.NOT_INITIATED);
        assertThat(cluster.round()).isEmpty();
    }

    @Test
    void resumeDuringADrainReturnsAVmWhoseCancelCameTooLate() {
        ClusterModel cluster = ClusterModel.of(2).roundsOfMove(1).running("vm1", "hv1", 4);
        cluster.begin(Requests.drain("hv1"));
        cluster.tick();
        cluster.host("hv1").act();
        OperationId resume = cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE));
        cluster.store(cluster.vm("vm1")
                .arrivedAt(
                        cluster.host("hv2").id(),
                        1,
                        MigrationResult.notMoved(
                                (Phase.Migrating) cluster.vm("vm1").phase(),
                                MigrationResult.Outcome.SUCCEEDED,
                                "",
                                "",
                                true)));
        cluster.host("hv1").forget("vm1");
        cluster.host("hv2").guest("vm1", GuestState.RUNNING, 4);

        assertThat(cluster.end(resume).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void resumeDuringAForcedDrainEndsBoth() {
        ClusterModel cluster = ClusterModel.of(2)
                .running(Specs.prefers(Specs.fixed(Specs.of("vm1", 4)), "hv1"), "hv1")
                .running("vm2", "hv2", 61);
        cluster.host("hv2").guest("vm2", GuestState.OFF, 61);
        cluster.put(cluster.vm("vm2").stopped(cluster.host("hv2").id()).withDesired(DesiredState.OFF));
        cluster.hear();
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        cluster.ticks(2);
        OperationId resume = cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE));

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.CANCELLED);
        assertThat(cluster.end(resume).state()).isEqualTo(OperationState.COMPLETED);
        cluster.ticks(5);
        assertThat(cluster.host(cluster.nodeOf("vm1")).guest("vm1")).contains(GuestState.RUNNING);
    }

    @Test
    void aDrainDuringAResumeEndsWithAnEmptyNode() {
        ClusterModel cluster = drained().roundsOfMove(5).running("vm5", "hv3", 1);
        OperationId resume = cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE));
        cluster.ticks(2);
        OperationId drain = cluster.begin(Requests.drain("hv1"));

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        cluster.end(resume);
        assertThat(cluster.vms().values())
                .noneMatch(vm -> cluster.nodeOf(vm.id().value()).equals("hv1"));
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.COMPLETED);
    }

    @Test
    void aVmReturnsToTheFirstNodeThatARollingDrainTookItFrom() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4);
        cluster.end(cluster.begin(Requests.drainTo("hv1", "hv2")));
        cluster.end(cluster.begin(Requests.drainTo("hv2", "hv3")));

        cluster.end(cluster.begin(Requests.resume("hv2", FailbackMode.IMMEDIATE)));
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        cluster.end(cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE)));
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void aVmThatStayedAwayReturnsToTheNodeThatTheNextDrainTookItFrom() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4);
        cluster.end(cluster.begin(Requests.drainTo("hv1", "hv2")));
        cluster.end(cluster.begin(Requests.resume("hv1", FailbackMode.NONE)));
        cluster.end(cluster.begin(Requests.drainTo("hv2", "hv3")));

        cluster.end(cluster.begin(Requests.resume("hv2", FailbackMode.IMMEDIATE)));
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void dryRunShowsWhatWouldReturn() {
        ClusterModel cluster = drained();
        Verdict verdict = cluster.ask(
                new Request.Resume(Requests.DRY_RUN, cluster.host("hv1").id(), FailbackMode.IMMEDIATE));

        assertThat(((Verdict.Planned) verdict).plan().moves().stream().map(move -> move.vm() + " to " + move.target()))
                .containsExactly("vm2 to hv1", "vm1 to hv1");
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.PAUSED);
    }

    @Test
    void resumeOfANodeThatIsNotPausedIsRefused() {
        Problem problem = ClusterModel.of(2).refused(Requests.resume("hv1", FailbackMode.POLICY));

        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.what()).isEqualTo("node 'hv1' is not resumed");
        assertThat(problem.why()).isEqualTo("it is not paused");
        assertThat(problem.remedies()).containsExactly("drover node show hv1");
    }

    @Test
    void resumeOfAnUnknownNodeIsAnErrorOfUse() {
        assertThat(ClusterModel.of(2)
                        .refused(Requests.resume("hv9", FailbackMode.POLICY))
                        .kind())
                .isEqualTo(ProblemKind.USAGE);
    }
}
