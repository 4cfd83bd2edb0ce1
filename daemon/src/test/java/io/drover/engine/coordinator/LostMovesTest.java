package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DrainStatus;
import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.StepState;
import io.drover.model.VmFailure;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Moves that end on neither host: each has cost the VM a start, and is not made again unasked. */
class LostMovesTest {
    private static ClusterModel losing(int hosts, String lost) {
        return ClusterModel.of(hosts)
                .moves((vm, source, target, attempt) ->
                        vm.value().equals(lost) ? MoveScript.End.VANISHES : MoveScript.End.ARRIVES);
    }

    private static void isOnlyStartedAgain(ClusterModel cluster, String vm, String host) {
        cluster.until(() -> cluster.host(host).isExecuting(new VmId(vm)), Duration.ofSeconds(10));
        assertThat(cluster.nodeOf(vm)).isEqualTo(host);
        assertThat(cluster.vm(vm).failures()).hasSize(1);
    }

    @Test
    void aMoveThatLostTheVmFailsAtOnceWithReasonAndRemedy() {
        ClusterModel cluster = losing(3, "vm1").running("vm1", "hv1", 4);

        Operation ended = cluster.end(cluster.begin(Requests.migrate("vm1")));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message())
                .isEqualTo(
                        "it was lost on its way from hv1 to hv2 and starts anew from its disks: neither host has it");
        OperationStep step = ended.steps().get(0);
        assertThat(step.attempts()).isEqualTo(1);
        assertThat(step.remedy()).isEqualTo("look at the target");
        isOnlyStartedAgain(cluster, "vm1", "hv1");
    }

    @Test
    void aDrainLeavesItWhereItRunsAndMovesTheOthers() {
        ClusterModel cluster = losing(3, "vm1").running("vm1", "hv1", 4).running("vm2", "hv1", 4);

        Operation ended = cluster.end(cluster.begin(Requests.drainWithin("hv1", Duration.ofMinutes(10))));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message())
                .isEqualTo("1 of 2 moved; left: vm1 (it was lost on its way from hv1 to hv2 and starts anew from its"
                        + " disks: neither host has it)");
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.FAILED);
        isOnlyStartedAgain(cluster, "vm1", "hv1");
    }

    @Test
    void aDrainThatIsAskedForAgainTriesAgain() {
        ClusterModel cluster = losing(3, "vm1").running("vm1", "hv1", 4);
        cluster.end(cluster.begin(Requests.drain("hv1")));
        isOnlyStartedAgain(cluster, "vm1", "hv1");
        cluster.moves((vm, source, target, attempt) -> MoveScript.End.ARRIVES);

        assertThat(cluster.end(cluster.begin(Requests.drain("hv1"))).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv1");
    }

    @Test
    void anEvacuationIsNotBegunAgainForIt() {
        ClusterModel cluster = losing(3, "vm1").running("vm1", "hv1", 4).running("vm2", "hv1", 4);
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.ticks(300);

        assertThat(evacuations(cluster)).hasSize(1);
        assertThat(cluster.nodeOf("vm2")).isNotEqualTo("hv1");
        isOnlyStartedAgain(cluster, "vm1", "hv1");
    }

    @Test
    void anEvacuationForAnotherVmPassesItByAndSaysSo() {
        ClusterModel cluster = losing(3, "vm1").running("vm1", "hv1", 4);
        cluster.end(cluster.begin(Requests.migrate("vm1")));
        isOnlyStartedAgain(cluster, "vm1", "hv1");
        cluster.running("vm2", "hv1", 4).host("hv1").health(HealthLevel.CRITICAL);
        cluster.tick();

        Operation ended = cluster.end(evacuations(cluster).get(0).id());
        OperationStep step = ended.step(new VmId("vm1")).orElseThrow();
        assertThat(step.state()).isEqualTo(StepState.FAILED);
        assertThat(step.message())
                .isEqualTo("it is not moved unasked: it was lost in a move to hv2 less than 24 h ago");
        assertThat(step.remedy()).startsWith("drover vm migrate vm1");
        assertThat(cluster.nodeOf("vm2")).isNotEqualTo("hv1");
        isOnlyStartedAgain(cluster, "vm1", "hv1");
    }

    @Test
    void nothingElseMovesItUnaskedForADay() {
        ClusterModel cluster = losing(2, "vm1").running("vm1", "hv1", 4);
        cluster.ask(Requests.set("vm1", "possibleOwners", "hv2"));
        cluster.ticks(900);
        assertThat(cluster.movesBegun()).isEqualTo(1);
        isOnlyStartedAgain(cluster, "vm1", "hv1");

        assertThat(Losses.isRecent(cluster.view(), cluster.vm("vm1"))).isTrue();
        VmFailure start = cluster.vm("vm1").failures().get(0);
        VmFailure yesterday = new VmFailure(cluster.now().minus(Losses.REMEMBERED), start.node(), start.reason());
        cluster.put(cluster.vm("vm1").forgiven().withFailure(yesterday));
        cluster.until(() -> cluster.movesBegun() == 2, Duration.ofMinutes(5));
    }

    @Test
    void aMoveThatSucceedsEndsTheCaution() {
        ClusterModel cluster = losing(2, "vm1").running("vm1", "hv1", 4);
        cluster.end(cluster.begin(Requests.migrate("vm1")));
        isOnlyStartedAgain(cluster, "vm1", "hv1");
        cluster.moves((vm, source, target, attempt) -> MoveScript.End.ARRIVES);
        cluster.end(cluster.begin(Requests.migrate("vm1")));

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(Losses.isRecent(cluster.view(), cluster.vm("vm1"))).isFalse();
    }

    @Test
    void aHostThatShutsDownStartsItElsewhereAndDoesNotMoveItLiveAgain() {
        ClusterModel cluster = losing(3, "vm1").running("vm1", "hv1", 4);
        cluster.host("hv1").leaving(true);
        cluster.until(() -> !cluster.nodeOf("vm1").equals("hv1"), Duration.ofMinutes(5));
        cluster.ticks(10);

        assertThat(cluster.movesBegun()).isEqualTo(1);
        assertThat(cluster.host(cluster.nodeOf("vm1")).guest("vm1")).contains(GuestState.RUNNING);
    }

    private static List<Operation> evacuations(ClusterModel cluster) {
        return cluster.operations().values().stream()
                .filter(operation -> operation.kind() == OperationKind.EVACUATE)
                .toList();
    }
}
