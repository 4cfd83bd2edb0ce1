package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.AffinityRule;
import io.drover.model.FailbackMode;
import io.drover.model.HealthLevel;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** VMs return to nodes that they prefer. */
class FailbackTest {
    private static final VmSpec VM = Specs.prefers(Specs.of("vm1", 4), "hv1", "hv2");

    private static ClusterModel immediate(int hosts) {
        return ClusterModel.of(hosts).failback(FailbackMode.IMMEDIATE);
    }

    @Test
    void aVmMovesToItsMostPreferredOwnerByItself() {
        ClusterModel cluster = immediate(3).running(VM, "hv3").quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(cluster.movesBegun()).isEqualTo(1);
        assertThat(cluster.told()).contains("vm1 is to move to hv1: it prefers that node to hv3");
    }

    @Test
    void theNextPreferredOwnerWillDoUntilTheFirstHasRoom() {
        ClusterModel cluster =
                immediate(3).running("load", "hv1", 62).running(VM, "hv3").quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");

        cluster.end(cluster.begin(Requests.stop("load")));
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void itReturnsAfterAnOperatorsMoveToo() {
        ClusterModel cluster = immediate(3).running(VM, "hv1");
        cluster.end(cluster.begin(Requests.migrateTo("vm1", "hv3")));
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void whoseOwnPolicySaysOtherwiseStaysOrReturns() {
        ClusterModel stays =
                immediate(2).running(VM.withFailback(FailbackMode.NONE), "hv2").quiet();
        ClusterModel returns = ClusterModel.of(2)
                .running(VM.withFailback(FailbackMode.IMMEDIATE), "hv2")
                .quiet();
        ClusterModel neither = ClusterModel.of(2).running(VM, "hv2").quiet();

        assertThat(stays.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(returns.nodeOf("vm1")).isEqualTo("hv1");
        assertThat(neither.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void aNodeThatIsPausedOrNotWellIsNotReturnedTo() {
        ClusterModel cluster = immediate(3).running(VM, "hv1");
        cluster.end(cluster.begin(Requests.drain("hv1")));
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");

        cluster.host("hv1").health(HealthLevel.WARNING);
        cluster.hear();
        cluster.ask(Requests.resume("hv1", FailbackMode.NONE));
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");

        cluster.host("hv1").health(HealthLevel.HEALTHY);
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void aNodeThatWasEmptiedIsNotFilledAgainAtOnce() {
        ClusterModel cluster = immediate(2).running(VM, "hv1");
        cluster.end(cluster.begin(Requests.evacuate("hv1")));
        cluster.ticks(50);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");

        cluster.ticks(30);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void aReturnThatFailsIsTriedAgainMoreRarelyEachTime() {
        ClusterModel cluster = immediate(2)
                .moves((vm, source, target, attempt) -> MoveScript.End.BUSY)
                .running(VM, "hv2")
                .ticks(1000);
        assertThat(cluster.operations()).hasSizeBetween(4, 5);

        cluster.moves((vm, source, target, attempt) -> MoveScript.End.ARRIVES);
        cluster.until(() -> cluster.nodeOf("vm1").equals("hv1"), Duration.ofMinutes(20));
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }

    @Test
    void aReturnThatAnOperatorCancelsIsNotBegunAgainAtOnce() {
        ClusterModel cluster = immediate(2).roundsOfMove(10).running(VM, "hv2").ticks(3);
        cluster.ask(Requests.cancel("vm1"));
        cluster.ticks(30);

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.movesBegun()).isEqualTo(1);
    }

    @Test
    void aReturnThatARuleForbidsIsNotMade() {
        ClusterModel cluster = immediate(2).running(VM, "hv2").running("vm2", "hv1", 4);
        cluster.settings(cluster.settings()
                .withRules(List.of(new AffinityRule(
                        "r", AffinityRule.Kind.SEPARATE, List.of(new VmId("vm1"), new VmId("vm2")), true))));
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void aGroupGoesWhereItSuitsAllOfItBestAndStaysThere() {
        ClusterModel cluster = immediate(3)
                .running(Specs.prefers(Specs.of("vm1", 4), "hv1", "hv2"), "hv3")
                .running(Specs.prefers(Specs.of("vm2", 4), "hv2", "hv3"), "hv3")
                .running(Specs.prefers(Specs.of("vm3", 4), "hv3", "hv2"), "hv3");
        cluster.settings(cluster.settings()
                .withRules(List.of(new AffinityRule(
                        "r",
                        AffinityRule.Kind.TOGETHER,
                        List.of(new VmId("vm1"), new VmId("vm2"), new VmId("vm3")),
                        true))));
        cluster.quiet();

        assertThat(List.of(cluster.nodeOf("vm1"), cluster.nodeOf("vm2"), cluster.nodeOf("vm3")))
                .containsOnly("hv2");
        assertThat(cluster.movesBegun()).isEqualTo(3);
        cluster.ticks(300);
        assertThat(cluster.movesBegun()).isEqualTo(3);
    }

    @Test
    void noMoreReturnAtATimeThanThereAreSlots() {
        ClusterModel cluster = immediate(3).roundsOfMove(5);
        for (int i = 1; i <= 12; i++) {
            cluster.running(Specs.prefers(Specs.of("vm" + i, 1), "hv1"), i % 2 == 0 ? "hv2" : "hv3");
        }
        cluster.ticks(4);
        assertThat(cluster.operations()).hasSize(2);
        cluster.quiet();

        for (int i = 1; i <= 12; i++) {
            assertThat(cluster.nodeOf("vm" + i)).isEqualTo("hv1");
        }
    }

    @Test
    void aDisarmedClusterReturnsNothing() {
        ClusterModel cluster = immediate(2).running(VM, "hv2");
        cluster.ask(new Request.Disarm(Requests.ADMIN, java.util.Optional.empty()));
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");

        cluster.ask(new Request.Arm(Requests.ADMIN));
        cluster.quiet();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
    }
}
