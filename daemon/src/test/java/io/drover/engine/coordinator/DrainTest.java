package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.DrainStatus;
import io.drover.model.FailoverPolicy;
import io.drover.model.GuestState;
import io.drover.model.LeaseTerms;
import io.drover.model.MoveKind;
import io.drover.model.NodeMode;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.StepState;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a drain goes on, and what it waits for. */
class DrainTest {
    private static ClusterSettings slots(int perNode, int perCluster) {
        ClusterSettings normal = ClusterSettings.DEFAULTS;
        return new ClusterSettings(
                perNode,
                perCluster,
                normal.attemptsPerStep(),
                normal.retryDelay(),
                normal.operationsKept(),
                0,
                normal.downtimeLimit(),
                normal.migrationTimeout(),
                normal.shutdownTimeout(),
                LeaseTerms.DEFAULTS,
                FailoverPolicy.DEFAULTS,
                List.of());
    }

    private static ClusterModel threeWithFour() {
        return ClusterModel.of(3)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 8)
                .running("vm3", "hv1", 2)
                .running("vm4", "hv2", 4);
    }

    private static long running(Operation operation) {
        return operation.steps().stream()
                .filter(step -> step.state() == StepState.RUNNING)
                .count();
    }

    @Test
    void drainEmptiesTheNodeAndIsRecorded() {
        ClusterModel cluster = threeWithFour();

        OperationId drain = cluster.begin(Requests.drain("hv1"));
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.PAUSED);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.IN_PROGRESS);
        assertThat(cluster.node("hv1").reason()).isEqualTo("maintenance");
        assertThat(cluster.node("hv1").actor()).isEqualTo("admin");

        Operation ended = cluster.end(drain);
        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(ended.message()).isEqualTo("3 of 3 moved");
        assertThat(ended.finishedAt()).contains(cluster.now());
        assertThat(ended.steps()).allSatisfy(step -> {
            assertThat(step.state()).isEqualTo(StepState.DONE);
            assertThat(step.kind()).isEqualTo(MoveKind.LIVE);
            assertThat(step.attempts()).isEqualTo(1);
            assertThat(step.result().orElseThrow().blackout()).isEqualTo(Duration.ofMillis(12));
        });
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.COMPLETED);
        assertThat(cluster.node("hv1").drainOperation()).contains(drain);
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.PAUSED);
        assertThat(List.of("vm1", "vm2", "vm3"))
                .noneMatch(vm -> cluster.nodeOf(vm).equals("hv1"));
        assertThat(cluster.nodeOf("vm4")).isEqualTo("hv2");
        assertThat(cluster.host("hv1").memoryHeld()).isZero();
        assertThat(cluster.vm("vm1").generation()).isEqualTo(2);
        assertThat(cluster.told())
                .contains("hv1 is paused and drained of 3 VMs (maintenance)", "hv1 drain completed: 3 of 3 moved");
    }

    @Test
    void drainOfAnEmptyNodeCompletesAtOnce() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv2", 4);

        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.tick();

        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.operation(drain).message()).isEqualTo("nothing had to move");
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.COMPLETED);
    }

    @Test
    void aDrainedClusterComesToRest() {
        ClusterModel cluster = threeWithFour();
        cluster.end(cluster.begin(Requests.drain("hv1")));
        cluster.ticks(3);

        assertThat(cluster.round()).isEmpty();
    }

    @Test
    void aRoundWithoutNewsChangesNothingWhileMovesAreUnderWay() {
        ClusterModel cluster = threeWithFour().roundsOfMove(50);
        cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);

        assertThat(cluster.round()).isEmpty();
        assertThat(cluster.tick()).isEmpty();
    }

    @Test
    void theHighestPriorityGoesFirstAndThenTheLongestMove() {
        ClusterModel cluster = ClusterModel.of(2)
                .settings(slots(1, 8))
                .running("small", "hv1", 1)
                .running("large", "hv1", 16)
                .running(Specs.priority(Specs.of("first", 2), Priority.HIGH), "hv1")
                .running(Specs.priority(Specs.of("last", 32), Priority.LOW), "hv1");

        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.steps().stream().map(step -> step.vm().value()))
                .containsExactly("first", "large", "small", "last");
        assertThat(ended.steps().stream().map(step -> step.startedAt().orElseThrow()))
                .isSorted();
    }

    @Test
    void noMoreMovesThanSlotsOnANodeAndTheOthersSayWhatTheyWaitFor() {
        ClusterModel cluster = threeWithFour().roundsOfMove(5);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.tick();

        assertThat(running(cluster.operation(drain))).isEqualTo(2);
        OperationStep waiting = cluster.step(drain, "vm3");
        assertThat(waiting.state()).isEqualTo(StepState.WAITING);
        assertThat(waiting.message()).isEqualTo("waiting for a slot: 2 of 2 on hv1 are in use");
        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void aFullTargetIsNamedAsTheNodeWhoseSlotIsWaitedFor() {
        ClusterModel cluster = ClusterModel.of(3)
                .settings(slots(1, 8))
                .roundsOfMove(5)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv2", 4);
        OperationId one = cluster.begin(Requests.drainTo("hv1", "hv3"));
        OperationId two = cluster.begin(Requests.drainTo("hv2", "hv3"));
        cluster.tick();

        assertThat(cluster.step(one, "vm1").state()).isEqualTo(StepState.RUNNING);
        assertThat(cluster.step(two, "vm2").message()).isEqualTo("waiting for a slot: 1 of 1 on hv3 are in use");
        assertThat(cluster.end(two).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv3");
    }

    @Test
    void noMoreMovesThanSlotsInTheClusterAndTheOthersSayWhatTheyWaitFor() {
        ClusterModel cluster = threeWithFour().settings(slots(100, 1)).roundsOfMove(5);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.tick();

        assertThat(running(cluster.operation(drain))).isEqualTo(1);
        assertThat(cluster.step(drain, "vm3").message())
                .isEqualTo("waiting for a slot: 1 of 1 in the cluster are in use");
        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void waitingForASlotLongerThanPatienceIsNotAFailure() {
        ClusterModel cluster = ClusterModel.of(4)
                .settings(slots(2, 1))
                .roundsOfMove(60)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv2", 4)
                .running("vm3", "hv3", 4);
        OperationId first = cluster.begin(Requests.drainTo("hv1", "hv3"));
        cluster.tick();
        OperationId drain = cluster.begin(Requests.drainTo("hv2", "hv3"));
        OperationId move = cluster.begin(Requests.migrateTo("vm3", "hv4"));
        cluster.ticks(40);

        assertThat(cluster.operation(first).state()).isEqualTo(OperationState.RUNNING);
        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.RUNNING);
        assertThat(cluster.step(drain, "vm2").message()).startsWith("waiting for a slot");
        assertThat(cluster.operation(move).state()).isEqualTo(OperationState.RUNNING);
        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.end(move).message()).isEqualTo("1 of 1 moved");
    }

    @Test
    void olderOperationsComeFirst() {
        ClusterModel cluster = ClusterModel.of(2).settings(slots(1, 1)).roundsOfMove(3);
        for (int i = 1; i <= 11; i++) {
            cluster.running("vm" + i, "hv1", 1);
        }
        for (int i = 1; i <= 11; i++) {
            cluster.begin(Requests.migrate("vm" + i));
            cluster.tick();
        }
        cluster.until(
                () -> cluster.operations().values().stream()
                        .allMatch(op -> op.state().isFinal()),
                Duration.ofMinutes(5));

        assertThat(cluster.operations().values().stream()
                        .sorted(Comparator.comparing(Operation::createdAt))
                        .map(operation -> operation.steps().get(0).startedAt().orElseThrow()))
                .isSorted();
    }

    @Test
    void aVmThatArrivesWhileTheDrainRunsLeavesToo() {
        ClusterModel cluster = threeWithFour().roundsOfMove(4).running("vm5", "hv2", 4);
        cluster.begin(Requests.migrateTo("vm5", "hv1"));
        cluster.tick();
        OperationId drain = cluster.begin(Requests.drain("hv1"));

        Operation ended = cluster.end(drain);
        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.vms().values())
                .noneMatch(vm -> cluster.nodeOf(vm.id().value()).equals("hv1"));
    }

    @Test
    void aVmThatLeavesByAnotherOperationIsNotMovedTwice() {
        ClusterModel cluster = ClusterModel.of(3).roundsOfMove(6).running("vm1", "hv1", 4);
        OperationId move = cluster.begin(Requests.migrateTo("vm1", "hv2"));
        cluster.tick();
        OperationId drain = cluster.begin(Requests.drain("hv1"));

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.end(move).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.vm("vm1").generation()).isEqualTo(2);
    }

    @Test
    void aVmThatIsBeingStoppedIsNotMovedButAwaited() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).deaf("vm1");
        OperationId stop = cluster.begin(Requests.stop("vm1"));
        cluster.tick();
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(30);

        assertThat(cluster.step(drain, "vm1").message()).isEqualTo("waiting for it to shut down");
        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Placed.class);
        cluster.begin(Requests.turnOff("vm1"));
        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.end(stop).state()).isEqualTo(OperationState.CANCELLED);
        assertThat(cluster.host("hv1").guest("vm1")).contains(GuestState.OFF);
    }

    @Test
    void drainToSendsEverythingToThatNode() {
        ClusterModel cluster = threeWithFour();

        Operation ended = cluster.end(cluster.begin(Requests.drainTo("hv1", "hv3")));

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(List.of("vm1", "vm2", "vm3"))
                .allMatch(vm -> cluster.nodeOf(vm).equals("hv3"));
    }

    @Test
    void drainToAFullNodeFailsWithWhatIsLeftThoughOthersHaveRoom() {
        ClusterModel cluster = threeWithFour().running("big", "hv3", 62);

        Operation ended = cluster.end(cluster.begin(Requests.drainTo("hv1", "hv3")));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message())
                .isEqualTo("1 of 3 moved; left: "
                        + "vm2 (waiting for capacity: hv3: has 0 bytes of memory free, 8 GiB needed), "
                        + "vm1 (waiting for capacity: hv3: has 0 bytes of memory free, 4 GiB needed)");
        assertThat(cluster.nodeOf("vm3")).isEqualTo("hv3");
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.FAILED);
    }

    @Test
    void drainAtItsDeadlineReportsWhatIsLeft() {
        ClusterModel cluster = threeWithFour()
                .moves((vm, source, target, attempt) ->
                        vm.value().equals("vm2") ? MoveScript.End.HANGS : MoveScript.End.ARRIVES)
                .settings(slots(1, 8));

        OperationId drain = cluster.begin(Requests.drainWithin("hv1", Duration.ofSeconds(20)));
        Operation ended = cluster.end(drain);

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(Duration.between(ended.createdAt(), ended.finishedAt().orElseThrow()))
                .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(23));
        assertThat(cluster.step(drain, "vm2").message()).isEqualTo("the deadline passed: the move was cancelled");
        assertThat(cluster.step(drain, "vm1").message())
                .isEqualTo("the deadline passed; waiting for a slot: 1 of 1 on hv1 are in use");
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.FAILED);
        assertThat(cluster.vm("vm2").phase()).isInstanceOf(Phase.Placed.class);
        assertThat(cluster.round()).isEmpty();
    }

    @Test
    void aDeadlineEndsTheDrainEvenOfANodeThatIsOutOfContact() {
        ClusterModel cluster = threeWithFour().roundsOfMove(50);
        OperationId drain = cluster.begin(Requests.drainWithin("hv1", Duration.ofSeconds(20)));
        cluster.ticks(3);
        cluster.host("hv1").inContact(false);
        cluster.ticks(25);

        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.FAILED);
        assertThat(cluster.step(drain, "vm2").message())
                .isEqualTo("the deadline passed; hv1 is out of contact, so nobody can say whether it still moves");
        cluster.host("hv1").inContact(true);
        cluster.until(() -> cluster.vm("vm2").phase() instanceof Phase.Placed, Duration.ofSeconds(60));
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv1");
    }

    @Test
    void aDrainWithoutDeadlineOutlivesPatienceWhileTheNodeIsOutOfContactAndEndsOnItsReturn() {
        ClusterModel cluster = threeWithFour().roundsOfMove(5);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(2);
        cluster.host("hv1").inContact(false);
        cluster.ticks(60);
        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.RUNNING);
        cluster.host("hv1").inContact(true);

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
    }
}
