package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.NodeMode;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.Severity;
import io.drover.model.StepState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that is ill is emptied. */
class EvacuationTest {
    private static ClusterModel cluster() {
        return ClusterModel.of(3)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 8)
                .running("vm3", "hv2", 4);
    }

    private static List<Operation> evacuations(ClusterModel cluster) {
        return cluster.operations().values().stream()
                .filter(operation -> operation.kind() == OperationKind.EVACUATE)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = HealthLevel.class,
            names = {"CRITICAL", "FATAL"})
    void aCriticalNodeIsEmptiedAndSaysWhy(HealthLevel level) {
        ClusterModel cluster = cluster();
        cluster.host("hv1").health(level);
        cluster.tick();
        Operation ended = cluster.end(evacuations(cluster).get(0).id());

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(ended.actor()).isEqualTo(Operation.SELF);
        String why = "probe disk is " + level.name().toLowerCase(Locale.ROOT) + ": disk is at 99 %";
        assertThat(ended.reason()).isEqualTo(why);
        assertThat(cluster.told()).contains("hv1 is emptied of its 2 VMs: " + why);
        assertThat(cluster.reasons().get(0).severity()).isEqualTo(Severity.WARNING);
        assertThat(List.of("vm1", "vm2")).noneMatch(vm -> cluster.nodeOf(vm).equals("hv1"));
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.vm("vm1").drainedFrom()).isEmpty();
        cluster.ticks(200);
        assertThat(evacuations(cluster)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = HealthLevel.class,
            names = {"HEALTHY", "WARNING"})
    void aNodeThatIsNotCriticalKeepsItsVms(HealthLevel level) {
        ClusterModel cluster = cluster();
        cluster.host("hv1").health(level);
        cluster.ticks(30);

        assertThat(cluster.operations()).isEmpty();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void aPausedNodeThatIsCriticalIsEmptiedToo() {
        ClusterModel cluster = cluster().running(Specs.fixed(Specs.of("vm4", 1)), "hv1");
        cluster.end(cluster.begin(Requests.drain("hv1")));
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.ticks(2);

        assertThat(evacuations(cluster)).hasSize(1);
    }

    @Test
    void nobodyIsEmptiedBeforeANewCoordinatorHasHeardAllNodesOrWaitedForOneLease() {
        ClusterModel cluster = cluster().newCoordinator();
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.host("hv3").inContact(false);
        cluster.ticks(3);
        assertThat(cluster.operations()).isEmpty();
        cluster.ticks(2);

        assertThat(evacuations(cluster)).hasSize(1);
    }

    @Test
    void aNodeThatIsBeingDrainedIsNotEmptiedOnceMore() {
        ClusterModel cluster = cluster().roundsOfMove(5);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.end(drain);

        assertThat(evacuations(cluster)).isEmpty();
    }

    @Test
    void whatDoesNotFitIsLeftAndSaysWhy() {
        ClusterModel cluster = cluster()
                .running("large", "hv1", 50)
                .running("full2", "hv2", 30)
                .running("full3", "hv3", 30)
                .running(Specs.fixed(Specs.of("fixed", 1)), "hv1");
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.tick();
        Operation ended = cluster.end(evacuations(cluster).get(0).id());

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message())
                .startsWith("2 of 4 moved; left: ")
                .contains("fixed (it cannot move live)")
                .contains("large (waiting for capacity: hv2: has ");
        assertThat(cluster.nodeOf("large")).isEqualTo("hv1");
        assertThat(cluster.host("hv1").guest("large")).contains(GuestState.RUNNING);
    }

    @Test
    void afterATryThatLeftSomethingItRestsAndGoesOnOnlyIfSomethingCouldMove() {
        ClusterModel cluster = cluster().running("full2", "hv2", 58).running("full3", "hv3", 62);
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.tick();
        Operation first = cluster.end(evacuations(cluster).get(0).id());
        assertThat(first.state()).isEqualTo(OperationState.FAILED);
        cluster.ticks(180);
        assertThat(evacuations(cluster)).hasSize(1);

        cluster.begin(Requests.turnOff("full2"));
        cluster.until(() -> evacuations(cluster).size() == 2, Duration.ofSeconds(5));
        assertThat(cluster.end(evacuations(cluster).get(1).id()).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void itRestsEvenIfSomethingCouldMoveAtOnce() {
        ClusterModel cluster = cluster()
                .moves((vm, source, target, attempt) ->
                        vm.value().equals("vm1") ? MoveScript.End.BREAKS : MoveScript.End.ARRIVES);
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.tick();
        Operation first = cluster.end(evacuations(cluster).get(0).id());
        cluster.until(() -> evacuations(cluster).size() == 2, Duration.ofMinutes(2));

        assertThat(Duration.between(first.finishedAt().orElseThrow(), cluster.now()))
                .isEqualTo(Coordinator.EVACUATION_PAUSE);
    }

    @Test
    void anIllNodeIsGivenNothingAndOneThatIsHealthyAgainIsOpen() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv2", 4);
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.tick();
        assertThat(cluster.refused(Requests.migrate("vm1")).why())
                .isEqualTo("hv1: is ill: probe disk: disk is at 99 %");

        cluster.host("hv1").health(HealthLevel.HEALTHY);
        cluster.tick();
        assertThat(cluster.end(cluster.begin(Requests.migrate("vm1"))).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void aNodeInWarningIsTakenOnlyIfThereIsNoOther() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).running("vm2", "hv2", 30);
        cluster.host("hv1").health(HealthLevel.WARNING);
        cluster.tick();
        cluster.end(cluster.begin(Requests.migrate("vm1")));
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");

        cluster.end(cluster.begin(Requests.drain("hv3")));
        cluster.end(cluster.begin(Requests.migrate("vm1")));
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void anOperatorMayEvacuateByHandAndTheNodeStaysInService() {
        ClusterModel cluster = cluster();

        Operation ended = cluster.end(cluster.begin(Requests.evacuate("hv1")));

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(ended.actor()).isEqualTo("admin");
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.told()).contains("hv1 is emptied as asked (maintenance)");
        assertThat(cluster.end(cluster.begin(Requests.migrateTo("vm3", "hv1"))).state())
                .isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void aNodeIsGivenNothingWhileItIsEvacuated() {
        ClusterModel cluster = cluster().roundsOfMove(5);
        cluster.begin(Requests.evacuate("hv1"));
        cluster.tick();

        assertThat(cluster.refused(Requests.migrateTo("vm3", "hv1")).why()).isEqualTo("hv1: is being evacuated");
    }

    @Test
    void twoNodesThatAreEvacuatedAtOnceDoNotPassTheirVmsToAndFro() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).running("vm2", "hv2", 4);
        OperationId one = cluster.begin(Requests.evacuate("hv1"));
        OperationId two = cluster.begin(Requests.evacuate("hv2"));

        cluster.end(one);
        cluster.end(two);
        assertThat(cluster.vm("vm1").generation() + cluster.vm("vm2").generation())
                .isLessThanOrEqualTo(4);
    }

    @Test
    void evacuationByHandOfWhatIsUnderWayIsRefused() {
        ClusterModel cluster = cluster().roundsOfMove(5);
        cluster.begin(Requests.evacuate("hv1"));

        Problem problem = cluster.refused(Requests.evacuate("hv1"));
        assertThat(problem.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(problem.what()).isEqualTo("node 'hv1' is not evacuated");
        assertThat(problem.why()).isEqualTo("it is being emptied already");
    }

    @Test
    void evacuationOfANodeThatIsOutOfContactOrUnknownIsRefused() {
        ClusterModel cluster = cluster();
        cluster.host("hv1").inContact(false);
        cluster.ticks(7);

        assertThat(cluster.refused(Requests.evacuate("hv1")).why()).isEqualTo("it is out of contact");
        assertThat(cluster.refused(Requests.evacuate("hv9")).kind()).isEqualTo(ProblemKind.USAGE);
    }

    @Test
    void anOperationIsStoredBeforeAnythingIsDoneInItsName() {
        ClusterModel cluster =
                cluster().lose(proposal -> proposal.puts().stream().anyMatch(put -> put instanceof Proposal.Put.Op));
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.ticks(5);

        assertThat(cluster.operations()).isEmpty();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.vm("vm1").lastMigration()).isEmpty();
        cluster.lose(proposal -> false);
        cluster.ticks(2);
        assertThat(evacuations(cluster).get(0).steps()).anyMatch(step -> step.state() == StepState.RUNNING);
    }
}
