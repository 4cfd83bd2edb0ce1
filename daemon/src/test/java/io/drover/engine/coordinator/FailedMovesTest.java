package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.DrainStatus;
import io.drover.model.FailoverPolicy;
import io.drover.model.GuestState;
import io.drover.model.LeaseTerms;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.StepState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Moves that fail, and VMs that cannot move. */
class FailedMovesTest {
    private record Try(String target, Instant at) {}

    private final List<Try> tries = new ArrayList<>();

    private MoveScript remembering(ClusterModel cluster, MoveScript script) {
        return (vm, source, target, attempt) -> {
            tries.add(new Try(target.value(), cluster.now()));
            return script.end(vm, source, target, attempt);
        };
    }

    private ClusterModel cluster(int hosts, MoveScript script) {
        ClusterModel cluster = ClusterModel.of(hosts).running("vm1", "hv1", 4);
        return cluster.moves(remembering(cluster, script));
    }

    @Test
    void aFailedTryGoesToAnotherTarget() {
        ClusterModel cluster = cluster(
                3, (vm, source, target, attempt) -> attempt == 1 ? MoveScript.End.BREAKS : MoveScript.End.ARRIVES);

        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(tries.stream().map(Try::target)).containsExactly("hv2", "hv3");
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        assertThat(ended.steps().get(0).attempts()).isEqualTo(2);
    }

    @Test
    void triesAreSpacedByABackOffThatDoubles() {
        ClusterSettings normal = ClusterSettings.DEFAULTS;
        ClusterModel cluster = cluster(2, (vm, source, target, attempt) -> MoveScript.End.BUSY)
                .settings(new ClusterSettings(
                        2,
                        8,
                        4,
                        Duration.ofSeconds(4),
                        normal.operationsKept(),
                        0,
                        normal.downtimeLimit(),
                        normal.migrationTimeout(),
                        normal.shutdownTimeout(),
                        LeaseTerms.DEFAULTS,
                        FailoverPolicy.DEFAULTS,
                        List.of()));

        cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(tries).hasSize(4);
        assertThat(gap(0)).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(6));
        assertThat(gap(1)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(10));
        assertThat(gap(2)).isBetween(Duration.ofSeconds(16), Duration.ofSeconds(18));
    }

    private Duration gap(int after) {
        return Duration.between(tries.get(after).at(), tries.get(after + 1).at());
    }

    @Test
    void aWaitingStepSaysWhyTheLastTryFailed() {
        ClusterModel cluster = cluster(2, (vm, source, target, attempt) -> MoveScript.End.BUSY);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.until(
                () -> cluster.operation(drain).steps().stream()
                        .anyMatch(step -> step.attempts() > 0 && step.state() == StepState.WAITING),
                Duration.ofSeconds(10));

        OperationStep step = cluster.step(drain, "vm1");
        assertThat(step.message()).isEqualTo("hv2 is busy");
        assertThat(step.remedy()).isEqualTo("look at the target");
        assertThat(step.refusedBy()).containsExactly(new NodeId("hv2"));
        assertThat(step.notBefore()).isPresent();
    }

    @Test
    void aTargetThatRefusedForGoodIsNotAskedAgainWhileAnotherIsOpen() {
        ClusterModel cluster = cluster(
                3,
                (vm, source, target, attempt) ->
                        target.value().equals("hv2") ? MoveScript.End.REFUSES : MoveScript.End.BUSY);

        cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(tries.get(0).target()).isEqualTo("hv2");
        assertThat(tries.get(1).target()).isEqualTo("hv3");
    }

    @Test
    void aTargetThatRefusedForGoodIsNotAskedAgainWhileAnotherIsOnlyBusyWithOtherMoves() {
        ClusterModel cluster = ClusterModel.of(4).roundsOfMove(20);
        cluster.running("vm1", "hv1", 4)
                .running(Specs.onlyOn(Specs.of("vm2", 4), "hv4", "hv3"), "hv4")
                .running(Specs.onlyOn(Specs.of("vm3", 4), "hv4", "hv3"), "hv4");
        cluster.moves(remembering(
                cluster,
                (vm, source, target, attempt) ->
                        target.value().equals("hv2") ? MoveScript.End.REFUSES : MoveScript.End.ARRIVES));
        cluster.begin(Requests.drain("hv4"));
        cluster.ticks(2);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(10);

        assertThat(cluster.step(drain, "vm1").message()).isEqualTo("waiting for a slot: 2 of 2 on hv3 are in use");
        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(tries.stream().map(Try::target)).containsExactly("hv3", "hv3", "hv2", "hv3");
    }

    @Test
    void whenAllHaveRefusedTheyAreAskedAgain() {
        ClusterModel cluster = cluster(
                3, (vm, source, target, attempt) -> attempt <= 2 ? MoveScript.End.BUSY : MoveScript.End.ARRIVES);

        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(tries.stream().map(Try::target)).containsExactly("hv2", "hv3", "hv2");
    }

    @Test
    void whenTheTriesRunOutTheStepFailsTheOthersGoOnAndTheDrainSaysWhatIsLeft() {
        ClusterModel cluster = cluster(
                        3,
                        (vm, source, target, attempt) ->
                                vm.value().equals("vm1") ? MoveScript.End.BREAKS : MoveScript.End.ARRIVES)
                .running("vm2", "hv1", 2)
                .running("vm3", "hv1", 1);

        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message()).isEqualTo("2 of 3 moved; left: vm1 (the stream broke off)");
        OperationStep left = cluster.step(ended.id(), "vm1");
        assertThat(left.state()).isEqualTo(StepState.FAILED);
        assertThat(left.attempts()).isEqualTo(ClusterSettings.DEFAULTS.attemptsPerStep());
        assertThat(left.remedy()).isEqualTo("look at the target");
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.host("hv1").guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.FAILED);
        assertThat(cluster.told()).contains("hv1 drain failed: 2 of 3 moved; left: vm1 (the stream broke off)");
    }

    @Test
    void withADeadlineItIsTriedUntilThen() {
        ClusterModel cluster = cluster(2, (vm, source, target, attempt) -> MoveScript.End.BUSY);

        Operation ended = cluster.end(cluster.begin(Requests.drainWithin("hv1", Duration.ofSeconds(60))));

        assertThat(ended.steps().get(0).attempts()).isGreaterThan(ClusterSettings.DEFAULTS.attemptsPerStep());
        assertThat(ended.message()).isEqualTo("0 of 1 moved; left: vm1 (the deadline passed; hv2 is busy)");
    }

    @Test
    void aRefusalForGoodByTheOnlyTargetEndsTheStepAtOnce() {
        ClusterModel cluster = cluster(3, (vm, source, target, attempt) -> MoveScript.End.REFUSES);

        Operation ended = cluster.end(cluster.begin(Requests.drainTo("hv1", "hv3")));

        assertThat(tries).hasSize(1);
        assertThat(ended.message()).isEqualTo("0 of 1 moved; left: vm1 (hv3 lacks a processor feature)");
    }

    @Test
    void aMoveThatIsNotEndedInTimeSaysSoAndIsFollowedOn() {
        ClusterModel cluster = cluster(2, (vm, source, target, attempt) -> MoveScript.End.HANGS);
        OperationId move = cluster.begin(Requests.migrate("vm1"));
        Duration limit = cluster.settings().migrationTimeout().plus(Overdue.MARGIN);
        cluster.ticks((int) limit.toSeconds() - 5);
        assertThat(cluster.step(move, "vm1").message()).isEmpty();
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).message()).isEqualTo("to hv2");

        cluster.ticks(10);
        OperationStep step = cluster.step(move, "vm1");
        assertThat(step.state()).isEqualTo(StepState.RUNNING);
        assertThat(step.message())
                .isEqualTo("the hypervisors were to end it after 1800 s and do not; the VM stays on hv1 until they do");
        assertThat(step.remedy()).startsWith("see what the hypervisor of hv1 is busy with");
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).message())
                .isEqualTo("to hv2: " + step.message() + "; drover op show " + move);

        cluster.ask(Requests.cancel("vm1"));
        assertThat(cluster.end(move).state()).isEqualTo(OperationState.CANCELLED);
    }

    @Test
    void aTargetThatGoesAwayHalfWayIsReplaced() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4).roundsOfMove(5);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(3);
        cluster.host("hv2").inContact(false);

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        cluster.host("hv2").inContact(true);
        cluster.ticks(2);
        assertThat(cluster.host("hv2").guest("vm1")).isEmpty();
    }

    @Test
    void anAgentThatRestartsHalfWayKeepsItsGuestAndTheDrainGoesOn() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4).roundsOfMove(5);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(3);
        cluster.host("hv1").restartAgent();

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.copiesTurnedOff()).isEmpty();
        assertThat(cluster.step(drain, "vm1").attempts()).isEqualTo(2);
    }

    @Test
    void aVmIsNotSentBeforeTheNewIncarnationOfItsOwnerHasAdoptedIt() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        cluster.host("hv1").restartAgent();
        cluster.hear();
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.round();

        assertThat(cluster.step(drain, "vm1").message()).isEqualTo("waiting for hv1 to report it running");
        assertThat(cluster.end(drain).steps().get(0).attempts()).isEqualTo(1);
    }

    @Test
    void aVmThatIsFullEverywhereIsLeftAfterPatienceWithReasonAndRemedy() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 60).running("vm2", "hv2", 40);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(10);
        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.RUNNING);

        Operation ended = cluster.end(drain);

        assertThat(Duration.between(ended.createdAt(), ended.finishedAt().orElseThrow()))
                .isEqualTo(Operations.PATIENCE);
        assertThat(ended.message())
                .isEqualTo("0 of 1 moved; left: "
                        + "vm1 (waiting for capacity: hv2: has 24 GiB of memory free, 60 GiB needed)");
        assertThat(ended.steps().get(0).remedy()).isEqualTo("free memory on another node");
    }

    @Test
    void aVmThatCannotMoveLiveIsLeftWithReasonAndRemedyAndTheOthersGo() {
        ClusterModel cluster =
                ClusterModel.of(2).running("vm1", "hv1", 4).running(Specs.fixed(Specs.of("vm2", 4)), "hv1");

        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.message()).isEqualTo("1 of 2 moved; left: vm2 (it cannot move live)");
        assertThat(cluster.step(ended.id(), "vm2").remedy()).startsWith("drain with --force");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv1");
        assertThat(cluster.vm("vm2").stopRequest()).isEmpty();
    }

    @Test
    void aVmThatIsRemovedEndsItsStep() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 60).running("vm2", "hv2", 40);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.tick();
        OperationStep step = cluster.step(drain, "vm1");
        assertThat(cluster.refused(Requests.remove("vm1")).why()).isEqualTo("operation " + drain + " has it in hand");
        cluster.end(drain);

        assertThat(step.state()).isEqualTo(StepState.WAITING);
        assertThat(cluster.ask(Requests.remove("vm1"))).isInstanceOf(Verdict.Accepted.class);
        assertThat(cluster.vm(step.vm())).isEmpty();
    }

    @Test
    void aVmThatIsOffByTheTimeItsMoveComesIsNotCalledMoved() {
        ClusterModel cluster = cluster(2, (vm, source, target, attempt) -> MoveScript.End.BUSY);
        OperationId move = cluster.begin(Requests.migrate("vm1"));
        cluster.ticks(2);
        cluster.store(cluster.vm("vm1").stopped(new NodeId("hv1")).withFailed(true));

        Operation ended = cluster.end(move);
        assertThat(ended.state()).isEqualTo(OperationState.CANCELLED);
        assertThat(ended.message()).isEqualTo("it is off");
    }
}
