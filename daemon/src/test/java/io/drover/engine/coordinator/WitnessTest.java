package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.ProblemKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A witness votes; it is asked for nothing else. */
class WitnessTest {
    /** Two nodes, and a witness that would have room for anything. */
    private static ClusterModel twoAndAWitness() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).running("vm2", "hv2", 4);
        cluster.host("hv3", 64);
        cluster.put(NodeRecord.unseenWitness(new NodeId("hv3")).joined());
        return cluster.ticks(6);
    }

    @Test
    void drainAndEvacuationOfItAreRefused() {
        ClusterModel cluster = twoAndAWitness();

        var drain = cluster.refused(Requests.drain("hv3"));
        var evacuation = cluster.refused(Requests.evacuate("hv3"));

        assertThat(drain.kind()).isEqualTo(ProblemKind.REFUSED);
        assertThat(drain.what()).isEqualTo("node 'hv3' is not drained");
        assertThat(drain.why()).isEqualTo("it is a witness: it runs no VMs, and is given none");
        assertThat(evacuation.why()).isEqualTo(drain.why());
    }

    @Test
    void itTakesNothingFromADrainedNodeAndIsNoReasonToDrainTheLastOne() {
        ClusterModel cluster = twoAndAWitness();
        Plan plan = ((Verdict.Planned) cluster.ask(Requests.as(Requests.DRY_RUN, Requests.drain("hv1")))).plan();
        assertThat(plan.moves()).singleElement().extracting(Plan.Move::target).hasToString("hv2");

        cluster.host("hv2").powerOff();
        cluster.until(() -> NodeStates.isGone(cluster.node("hv2")), Duration.ofMinutes(1));

        assertThat(cluster.refused(Requests.drain("hv1")).why())
                .isEqualTo("it is the last node that is up: nothing could take its VMs");
    }
}
