package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.FailoverPolicy;
import io.drover.model.GuestState;
import io.drover.model.LeaseTerms;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.StepState;
import io.drover.model.VmId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Names, pruning, patience, and writes that are lost one by one. */
class HousekeepingTest {
    private static Operation finished(String id, Instant at) {
        return new Operation(
                new OperationId(id),
                OperationKind.MIGRATE,
                Optional.empty(),
                Optional.of(new VmId("vm1")),
                OperationState.COMPLETED,
                "admin",
                "",
                at,
                Optional.empty(),
                Optional.of(at),
                false,
                Optional.empty(),
                FailbackMode.NONE,
                false,
                List.of(),
                "1 of 1 moved",
                "");
    }

    private static boolean touchesOperation(Proposal proposal) {
        return proposal.puts().stream().anyMatch(put -> put instanceof Proposal.Put.Op);
    }

    private static boolean touchesVm(Proposal proposal) {
        return proposal.puts().stream().anyMatch(put -> put instanceof Proposal.Put.Vm);
    }

    private static boolean touchesNode(Proposal proposal) {
        return proposal.puts().stream().anyMatch(put -> put instanceof Proposal.Put.Node);
    }

    @Test
    void operationsAreNamedByEpochAndNumber() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);

        assertThat(cluster.begin(Requests.migrate("vm1"))).isEqualTo(new OperationId("1-1"));
        assertThat(Coordinator.nextOperation(cluster.view())).isEqualTo(new OperationId("1-2"));
        cluster.newCoordinator();
        assertThat(Coordinator.nextOperation(cluster.view())).isEqualTo(new OperationId("2-1"));
    }

    @Test
    void finishedOperationsAreForgottenWhenTheyAreOld() {
        ClusterModel cluster = ClusterModel.of(2);
        Duration kept = ClusterSettings.DEFAULTS.operationsKept();
        cluster.put(finished("0-1", cluster.now().minus(kept).minusSeconds(5)));
        cluster.put(finished("0-2", cluster.now().minus(kept).plusSeconds(5)));
        cluster.tick();
        assertThat(cluster.operations().keySet()).containsExactly(new OperationId("0-2"));
        cluster.ticks(5);

        assertThat(cluster.operations()).isEmpty();
    }

    @Test
    void noMoreThanTheNewestFinishedOperationsAreKept() {
        ClusterModel cluster = ClusterModel.of(2);
        for (int i = 1; i <= Coordinator.OPERATIONS_KEPT + 3; i++) {
            cluster.put(finished("0-" + i, cluster.now().minusSeconds(10_000 - i)));
        }
        cluster.tick();

        assertThat(cluster.operations()).hasSize(Coordinator.OPERATIONS_KEPT);
        assertThat(cluster.operations())
                .doesNotContainKeys(new OperationId("0-1"), new OperationId("0-2"), new OperationId("0-3"));
    }

    @Test
    void theNameOfAForgottenOperationIsNotGivenAgain() {
        ClusterModel cluster = ClusterModel.of(2);
        Instant old = cluster.now().minus(Duration.ofDays(30));
        cluster.put(finished("1-7", old)).put(finished("1-8", old));
        cluster.ticks(3);

        assertThat(cluster.operations().keySet()).containsExactly(new OperationId("1-8"));
        assertThat(Coordinator.nextOperation(cluster.view())).isEqualTo(new OperationId("1-9"));
    }

    @Test
    void operationsUnderWayAreKeptHoweverOld() {
        ClusterModel cluster = ClusterModel.of(2)
                .running("vm1", "hv1", 4)
                .moves((vm, source, target, attempt) -> MoveScript.End.HANGS)
                .settings(new ClusterSettings(
                        2,
                        8,
                        3,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        0,
                        Duration.ofMillis(100),
                        Duration.ofMinutes(30),
                        Duration.ofMinutes(2),
                        LeaseTerms.DEFAULTS,
                        FailoverPolicy.DEFAULTS,
                        List.of()));
        OperationId move = cluster.begin(Requests.migrate("vm1"));
        cluster.ticks(60);

        assertThat(cluster.operation(move).state()).isEqualTo(OperationState.RUNNING);
    }

    @Test
    void patienceEndsAnOperationThatCanStartNothing() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        cluster.host("hv1").guest("vm1", GuestState.PAUSED, 4);
        cluster.hear();
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks((int) Operations.PATIENCE.toSeconds() - 1);
        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.RUNNING);
        cluster.tick();

        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.FAILED);
        assertThat(cluster.step(drain, "vm1").message()).isEqualTo("waiting for hv1 to report it running");
        assertThat(cluster.step(drain, "vm1").remedy()).isEqualTo("drover vm show vm1");
    }

    @Test
    void patienceBeginsAnewWithANewCoordinator() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 60).running("vm2", "hv2", 60);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.ticks(14).newCoordinator().ticks(14);
        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.RUNNING);
        cluster.ticks(1);

        assertThat(cluster.operation(drain).state()).isEqualTo(OperationState.FAILED);
    }

    @Test
    void aMoveIsNotMadeTwiceWhenOnlyTheOperationIsLost() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4).running("vm2", "hv1", 4);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.lose(HousekeepingTest::touchesOperation).ticks(6).lose(proposal -> false);

        assertThat(cluster.end(drain).message()).isEqualTo("2 of 2 moved");
        assertThat(cluster.vm("vm1").generation()).isEqualTo(2);
        assertThat(cluster.vm("vm2").generation()).isEqualTo(2);
        assertThat(cluster.step(drain, "vm1").state()).isEqualTo(StepState.DONE);
    }

    @Test
    void aFailureIsCountedThoughTheBeginningOfItsTryWasLost() {
        ClusterModel cluster = ClusterModel.of(3)
                .running("vm1", "hv1", 4)
                .moves((vm, source, target, attempt) -> attempt == 1 ? MoveScript.End.BUSY : MoveScript.End.ARRIVES);
        OperationId move = cluster.begin(Requests.drain("hv1"));
        cluster.tick();
        cluster.operations();
        cluster.lose(HousekeepingTest::touchesOperation).ticks(4).lose(proposal -> false);

        cluster.end(move);
        assertThat(cluster.step(move, "vm1").attempts()).isEqualTo(2);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
    }

    @Test
    void aTryWhoseVmWasNotStoredIsMadeAgain() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.lose(HousekeepingTest::touchesVm).tick();
        cluster.lose(proposal -> false);
        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Placed.class);

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
    }

    @Test
    void aForcedRestartWhoseStopWasNotStoredIsMadeAgain() {
        ClusterModel cluster = ClusterModel.of(2).running(Specs.fixed(Specs.of("vm1", 4)), "hv1");
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        cluster.lose(HousekeepingTest::touchesVm).tick();
        cluster.lose(proposal -> false);

        assertThat(cluster.end(drain).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void theEndOfADrainReachesItsNodeThoughThatWriteIsLost() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        OperationId drain = cluster.begin(Requests.drain("hv1"));
        cluster.lose(HousekeepingTest::touchesNode);
        cluster.end(drain);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.IN_PROGRESS);
        cluster.newCoordinator().lose(proposal -> false).tick();

        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.COMPLETED);
    }

    @Test
    void aVmThatComesBackDuringADrainLeavesAgainUnderANewNumber() {
        ClusterModel cluster =
                ClusterModel.of(3).roundsOfMove(3).running("vm1", "hv1", 4).running("slow", "hv1", 60);
        cluster.running("vm2", "hv2", 50).running("vm3", "hv3", 50);
        cluster.put(cluster.vm("vm2")).tick();
        OperationId drain = cluster.begin(Requests.drainWithin("hv1", Duration.ofSeconds(60)));
        cluster.until(() -> !cluster.nodeOf("vm1").equals("hv1"), Duration.ofSeconds(30));
        String away = cluster.nodeOf("vm1");
        cluster.host(away).forget("vm1");
        cluster.host("hv1").guest("vm1", GuestState.RUNNING, 4);
        cluster.put(cluster.vm("vm1")
                .assignedTo(cluster.host("hv1").id())
                .claimedBy(cluster.host("hv1").id(), 1));
        cluster.hear();
        cluster.until(() -> !cluster.nodeOf("vm1").equals("hv1"), Duration.ofSeconds(30));

        assertThat(cluster.step(drain, "vm1").attempts()).isEqualTo(2);
    }
}
