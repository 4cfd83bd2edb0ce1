package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.NodeMode;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.StepState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans that are cut at every point, and go on under the next coordinator. */
class InterruptedPlansTest {
    private static ClusterModel scenario() {
        return ClusterModel.of(3)
                .moves((vm, source, target, attempt) ->
                        vm.value().equals("vm2") && attempt == 1 ? MoveScript.End.BREAKS : MoveScript.End.ARRIVES)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 8)
                .running("vm3", "hv1", 2)
                .running(Specs.fixed(Specs.of("fixed", 4)), "hv1")
                .running("vm5", "hv2", 4);
    }

    private static void drained(ClusterModel cluster, OperationId drain) {
        Operation ended = cluster.end(drain);
        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(ended.steps()).hasSize(4).allMatch(step -> step.state() == StepState.DONE);
        assertThat(cluster.vms().values())
                .allMatch(vm -> vm.phase() instanceof Phase.Placed placed
                        && !placed.owner().equals(cluster.host("hv1").id())
                        && cluster.host(placed.owner()).isExecuting(vm.id()));
        cluster.ticks(2);
        assertThat(cluster.node("hv1").drainStatus()).isEqualTo(DrainStatus.COMPLETED);
        assertThat(cluster.copiesTurnedOff()).isEmpty();
        // Each left once, by one move; the fixed one by one restart.
        assertThat(cluster.vms().values()).allMatch(vm -> vm.generation() <= 2);
        cluster.ticks(6);
        assertThat(cluster.round()).isEmpty();
    }

    static IntStream rounds() {
        return IntStream.range(0, 25);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void aDrainCutAfterAnyRoundEndsTheSame(int cut) {
        ClusterModel cluster = scenario();
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        cluster.ticks(cut).newCoordinator();

        drained(cluster, drain);
    }

    @Test
    void aDrainCutAfterEveryRoundEndsTheSame() {
        ClusterModel cluster = scenario();
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        for (int i = 0; i < 60; i++) {
            cluster.newCoordinator().tick();
        }

        drained(cluster, drain);
        assertThat(cluster.operations()).hasSize(1);
    }

    static IntStream proposals() {
        return IntStream.range(0, 40);
    }

    /** The coordinator dies between two writes of one round: the first are stored, the later never. */
    @ParameterizedTest
    @MethodSource("proposals")
    void aDrainCutBetweenAnyTwoWritesEndsTheSame(int cut) {
        ClusterModel cluster = scenario();
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        AtomicInteger left = new AtomicInteger(cut);
        cluster.lose(proposal -> left.getAndDecrement() <= 0);
        for (int i = 0; i < 60 && left.get() >= 0; i++) {
            cluster.tick();
        }
        cluster.lose(proposal -> false).newCoordinator();

        drained(cluster, drain);
    }

    /** One write is lost, whichever: refused by the store because a record had changed meanwhile, for instance. */
    @ParameterizedTest
    @MethodSource("proposals")
    void aDrainOfWhichAnyOneWriteIsLostEndsTheSame(int lost) {
        ClusterModel cluster = scenario();
        OperationId drain = cluster.begin(Requests.forcedDrain("hv1"));
        AtomicInteger left = new AtomicInteger(lost);
        cluster.lose(proposal -> left.getAndDecrement() == 0);

        drained(cluster, drain);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void aResumeCutAfterAnyRoundBringsEverythingBack(int cut) {
        ClusterModel cluster = ClusterModel.of(3)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 8)
                .running("vm3", "hv1", 2);
        cluster.end(cluster.begin(Requests.drain("hv1")));
        OperationId resume = cluster.begin(Requests.resume("hv1", FailbackMode.IMMEDIATE));
        cluster.ticks(cut).newCoordinator();
        cluster.end(resume);

        List<String> nodes = new ArrayList<>();
        cluster.vms().keySet().forEach(vm -> nodes.add(cluster.nodeOf(vm.value())));
        assertThat(nodes).containsOnly("hv1");
        assertThat(cluster.node("hv1").mode()).isEqualTo(NodeMode.ACTIVE);
        assertThat(cluster.vms().values()).allMatch(vm -> vm.generation() == 3);
    }
}
