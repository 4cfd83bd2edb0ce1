package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DrainStatus;
import io.drover.model.NodeMode;
import io.drover.model.NodeState;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.ProblemKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of a request to drain: refusals, dry runs and repeats. */
class DrainRequestsTest {
    private static ClusterModel threeWithFour() {
        return ClusterModel.of(3)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 8)
                .running("vm3", "hv1", 2)
                .running("vm4", "hv2", 4);
    }

    @Test
    void dryRunShowsThePlanAndChangesNothing() {
        ClusterModel cluster = threeWithFour().running(Specs.fixed(Specs.of("vm5", 1)), "hv1");
        Verdict verdict = cluster.ask(Requests.as(Requests.DRY_RUN, Requests.drain("hv1")));

        Plan plan = ((Verdict.Planned) verdict).plan();
        assertThat(plan.moves().stream().map(move -> move.vm() + " to " + move.target()))
                .containsExactly("vm2 to hv3", "vm1 to hv2", "vm3 to hv3");
        assertThat(plan.blocked().stream().map(blocked -> blocked.vm() + ": " + blocked.reason()))
                .containsExactly("vm5: it cannot move live");
        assertThat(cluster.operations()).isEmpty();
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.round()).isEmpty();
    }

    @Test
    void aRepeatedRequestHasOneEffect() {
        ClusterModel cluster = threeWithFour();
        Request.Drain request = Requests.as(Requests.repeatable("r-1"), Requests.drain("hv1"));

        OperationId first = cluster.begin(request);
        OperationId second = cluster.begin(request);
        cluster.end(first);
        OperationId third = cluster.begin(request);

        assertThat(second).isEqualTo(first);
        assertThat(third).isEqualTo(first);
        assertThat(cluster.operations()).hasSize(1);
    }

    @Test
    void drainOfAnUnknownNodeIsAnErrorOfUse() {
        var problem = ClusterModel.of(2).refused(Requests.drain("hv9"));

        assertThat(problem.kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(problem.what()).isEqualTo("there is no node 'hv9'");
        assertThat(problem.why()).isEqualTo("the cluster's nodes are [hv1, hv2]");
        assertThat(problem.remedies()).containsExactly("drover node list");
    }

    @Test
    void drainToAnUnknownNodeIsAnErrorOfUse() {
        var problem = ClusterModel.of(2).refused(Requests.drainTo("hv1", "hv9"));

        assertThat(problem.kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(problem.what()).isEqualTo("there is no node 'hv9'");
    }

    @Test
    void drainToItselfIsRefused() {
        var problem = ClusterModel.of(2).refused(Requests.drainTo("hv1", "hv1"));

        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.what()).isEqualTo("node 'hv1' is not drained");
        assertThat(problem.why()).isEqualTo("its VMs cannot be sent to the node itself");
    }

    @Test
    void drainWithADeadlineThatIsNotAheadIsAnErrorOfUse() {
        ClusterModel cluster = ClusterModel.of(2);
        var problem = cluster.refused(Requests.drainWithin("hv1", Duration.ZERO));

        assertThat(problem.kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(problem.why()).isEqualTo("drain deadline: PT0S (expected: > PT0S)");
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
    }

    @Test
    void drainOfTheLastNodeIsRefused() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4);
        cluster.end(cluster.begin(Requests.drain("hv2")));
        cluster.host("hv3").inContact(false);
        cluster.ticks(7);

        var problem = cluster.refused(Requests.drain("hv1"));

        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.why()).isEqualTo("it is the last node that is up: nothing could take its VMs");
        assertThat(problem.remedies()).isNotEmpty();
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
    }

    @Test
    void drainOfTheOnlyNodeIsRefusedEvenWhileItJoins() {
        ClusterModel cluster = ClusterModel.of(1).running("vm1", "hv1", 4).newCoordinator();

        assertThat(cluster.refused(Requests.drain("hv1")).why()).startsWith("it is the last node that is up");
    }

    @Test
    void drainOfAnIsolatedNodeIsRefused() {
        ClusterModel cluster = threeWithFour();
        cluster.host("hv1").inContact(false);
        cluster.ticks(7);

        var problem = cluster.refused(Requests.drain("hv1"));

        assertThat(NodeStates.of(cluster.view().nodes().get(cluster.host("hv1").id()), cluster.view()))
                .isEqualTo(NodeState.ISOLATED);
        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.why()).isEqualTo("it is out of contact, so its VMs cannot be moved live");
    }

    @Test
    void aSecondDrainOfTheSameNodeIsRefusedAndNamesTheFirst() {
        ClusterModel cluster = threeWithFour();
        OperationId drain = cluster.begin(Requests.drain("hv1"));

        var problem = cluster.refused(Requests.drain("hv1"));

        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.why()).isEqualTo("operation " + drain + " drains it already");
        assertThat(problem.remedies()).containsExactly("drover op watch " + drain);
    }

    @Test
    void aFailedDrainCanBeAskedForAgain() {
        ClusterModel cluster = threeWithFour().running(Specs.fixed(Specs.of("vm5", 1)), "hv1");
        assertThat(cluster.end(cluster.begin(Requests.drain("hv1"))).state()).isEqualTo(OperationState.FAILED);

        assertThat(cluster.end(cluster.begin(Requests.forcedDrain("hv1"))).state())
                .isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.COMPLETED);
    }
}
