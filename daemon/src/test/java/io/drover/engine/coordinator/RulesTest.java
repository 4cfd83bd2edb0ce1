package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.AffinityRule;
import io.drover.model.DesiredState;
import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.Problem;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which VMs are together and apart, whatever is done with them. */
class RulesTest {
    private static AffinityRule rule(AffinityRule.Kind kind, boolean enforced, String... vms) {
        List<VmId> names = Stream.of(vms).map(VmId::new).toList();
        return new AffinityRule(kind + "-" + String.join("-", vms), kind, names, enforced);
    }

    private static AffinityRule together(String... vms) {
        return rule(AffinityRule.Kind.TOGETHER, true, vms);
    }

    private static AffinityRule apart(String... vms) {
        return rule(AffinityRule.Kind.SEPARATE, true, vms);
    }

    private static ClusterModel with(ClusterModel cluster, AffinityRule... rules) {
        return cluster.settings(cluster.settings().withRules(List.of(rules)));
    }

    private static List<String> nodesOf(ClusterModel cluster, String... vms) {
        return Stream.of(vms).map(cluster::nodeOf).distinct().toList();
    }

    @Test
    void vmsThatAreApartAreStartedOnDifferentNodes() {
        ClusterModel cluster = with(ClusterModel.of(3), apart("vm1", "vm2", "vm3"))
                .off(Specs.of("vm1", 4))
                .off(Specs.of("vm2", 4))
                .off(Specs.of("vm3", 4))
                .running("big", "hv3", 50);
        for (String vm : List.of("vm1", "vm2", "vm3")) {
            cluster.end(cluster.begin(Requests.start(vm)));
        }

        assertThat(nodesOf(cluster, "vm1", "vm2", "vm3")).hasSize(3);
    }

    @Test
    void aVmThatFindsNoNodeApartFromTheOthersWaitsAndSaysWhy() {
        ClusterModel cluster = with(ClusterModel.of(2), apart("vm1", "vm2", "vm3"))
                .running("vm1", "hv1", 4)
                .running("vm2", "hv2", 4)
                .put(VmRecord.added(Specs.of("vm3", 4), DesiredState.RUNNING));
        cluster.ticks(20);

        VmStates.Condition condition = VmStates.of(cluster.vm("vm3"), cluster.view());
        assertThat(condition.waits()).isTrue();
        assertThat(condition.message())
                .isEqualTo("waiting for capacity: "
                        + "hv1: has vm1, from which rule 'SEPARATE-vm1-vm2-vm3' keeps it apart; "
                        + "hv2: has vm2, from which rule 'SEPARATE-vm1-vm2-vm3' keeps it apart");
        assertThat(cluster.operations()).isEmpty();
    }

    @Test
    void aGroupIsStartedOnTheNodeThatHoldsAllOfIt() {
        ClusterModel cluster = with(ClusterModel.of(0), together("vm1", "vm2", "vm3"))
                .host("small", 20)
                .host("large", 64)
                .running("load", "large", 30)
                .put(VmRecord.added(Specs.of("vm1", 8), DesiredState.RUNNING))
                .put(VmRecord.added(Specs.of("vm2", 8), DesiredState.RUNNING))
                .put(VmRecord.added(Specs.of("vm3", 8), DesiredState.RUNNING));
        cluster.ticks(10);

        assertThat(nodesOf(cluster, "vm1", "vm2", "vm3")).containsExactly("large");
    }

    @Test
    void aMemberOfAGroupStartsWhereTheGroupRunsOrWaits() {
        ClusterModel cluster = with(ClusterModel.of(2), together("vm1", "vm2"))
                .running("vm1", "hv1", 4)
                .running("load", "hv1", 50)
                .off(Specs.of("vm2", 8));
        cluster.end(cluster.begin(Requests.start("vm2")));

        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv1");
        Problem problem = with(ClusterModel.of(2), together("vm1", "vm2"))
                .running(Specs.fixed(Specs.of("vm1", 4)), "hv1")
                .running("load", "hv1", 58)
                .off(Specs.of("vm2", 8))
                .refused(Requests.start("vm2"));
        assertThat(problem.why())
                .isEqualTo("no node can take it: hv1: has 2 GiB of memory free, 8 GiB needed; hv2: is not hv1, "
                        + "where vm1 is, with which rule 'TOGETHER-vm1-vm2' keeps it together");
    }

    @Test
    void aGroupMakesRoomForAMemberThatWaits() {
        ClusterModel cluster = with(ClusterModel.of(2), together("vm1", "vm2"))
                .running("vm1", "hv1", 4)
                .running("load", "hv1", 58)
                .put(VmRecord.added(Specs.of("vm2", 8), DesiredState.RUNNING));
        cluster.quiet();

        assertThat(nodesOf(cluster, "vm1", "vm2")).containsExactly("hv2");
        assertThat(cluster.host("hv2").guest("vm2")).contains(GuestState.RUNNING);
        assertThat(cluster.movesBegun()).isEqualTo(1);
    }

    @Test
    void aStartIsAcceptedIfOthersMakeRoomForIt() {
        ClusterModel cluster = with(ClusterModel.of(2), apart("vm1", "vm2"))
                .running("vm1", "hv1", 4)
                .off(Specs.priority(Specs.onlyOn(Specs.of("vm2", 4), "hv1"), Priority.NO_AUTO_START));
        OperationId start = cluster.begin(Requests.start("vm2"));

        assertThat(cluster.end(start).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv1");
    }

    @Test
    void rulesThatShareAVmAreOneGroup() {
        ClusterModel cluster = with(ClusterModel.of(3), together("vm1", "vm2"), together("vm2", "vm3"))
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 4)
                .running("vm3", "hv1", 4);
        cluster.end(cluster.begin(Requests.migrateTo("vm3", "hv2")));

        assertThat(nodesOf(cluster, "vm1", "vm2", "vm3")).containsExactly("hv2");
    }

    @Test
    void brokenRulesAreRepairedWithTheFewestMoves() {
        ClusterModel cluster = with(
                        ClusterModel.of(4),
                        together("vm101", "vm102", "vm103"),
                        together("vm201", "vm202", "vm203"),
                        apart("vm101", "vm201"))
                .running("vm101", "hv1", 4)
                .running("vm102", "hv2", 4)
                .running("vm103", "hv1", 4)
                .running("vm201", "hv1", 4)
                .running("vm202", "hv2", 4)
                .running("vm203", "hv1", 4);
        cluster.quiet();

        assertThat(nodesOf(cluster, "vm101", "vm102", "vm103")).hasSize(1);
        assertThat(nodesOf(cluster, "vm201", "vm202", "vm203")).hasSize(1);
        assertThat(nodesOf(cluster, "vm101", "vm201")).hasSize(2);
        assertThat(cluster.movesBegun()).isEqualTo(3);
        assertThat(RuleStates.broken(cluster.view())).isEmpty();
        cluster.ticks(120);
        assertThat(cluster.movesBegun()).isEqualTo(3);
    }

    @Test
    void whatNoNodeCanHoldTogetherStaysWhereItRunsAndSaysWhy() {
        ClusterModel cluster = with(ClusterModel.of(2), together("vm1", "vm2"))
                .running("vm1", "hv1", 40)
                .running("vm2", "hv2", 40);
        cluster.ticks(60);

        assertThat(cluster.operations()).isEmpty();
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv1");
        VmStates.Condition condition = VmStates.of(cluster.vm("vm1"), cluster.view());
        assertThat(condition.state()).isEqualTo(VmState.RUNNING);
        assertThat(condition.message()).isEqualTo("rule 'TOGETHER-vm1-vm2' does not hold: see drover rules list");
        List<RuleStates.Broken> broken = RuleStates.broken(cluster.view());
        assertThat(broken).hasSize(1);
        assertThat(broken.get(0).where()).isEqualTo("vm1 on hv1; vm2 on hv2");
        assertThat(broken.get(0).why())
                .isEqualTo("no way to place its VMs is found that keeps it: they stay where they are");
    }

    @Test
    void rulesThatContradictEachOtherMoveNothingAndAreNamed() {
        ClusterModel cluster = with(ClusterModel.of(3), together("vm1", "vm2"), apart("vm1", "vm2"))
                .running("vm1", "hv1", 4)
                .running("vm2", "hv2", 4);
        cluster.ticks(60);

        assertThat(cluster.operations()).isEmpty();
        assertThat(RuleStates.broken(cluster.view()).get(0).why())
                .isEqualTo("rule 'SEPARATE-vm1-vm2' keeps vm1 and vm2 apart, "
                        + "and rule 'TOGETHER-vm1-vm2' keeps them together");
    }

    @Test
    void aVmOnANodeThatMayNotOwnItAnyMoreMovesAway() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        cluster.ask(Requests.set("vm1", "possibleOwners", "hv2"));
        cluster.quiet();

        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void aRepairThatFailsRestsLongerEachTime() {
        ClusterModel cluster = with(ClusterModel.of(2), apart("vm1", "vm2"))
                .moves((vm, source, target, attempt) -> MoveScript.End.BREAKS)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 4);
        cluster.ticks(600);

        // Rests of 1, 2, 4 and 8 minutes, and three tries each time.
        assertThat(cluster.operations()).hasSizeBetween(3, 5);
        assertThat(cluster.movesBegun()).isEqualTo(3L * cluster.operations().size());
    }

    @Test
    void aDrainKeepsGroupsTogetherAndOthersApart() {
        ClusterModel cluster = with(ClusterModel.of(4), together("vm1", "vm2", "vm3"), apart("vm4", "vm5"))
                .roundsOfMove(3)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 16)
                .running("vm3", "hv1", 4)
                .running("vm4", "hv1", 4)
                .running("vm5", "hv2", 4)
                .running("load3", "hv3", 10)
                .running("load4", "hv4", 12);
        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.state()).isEqualTo(OperationState.COMPLETED);
        assertThat(nodesOf(cluster, "vm1", "vm2", "vm3")).hasSize(1);
        assertThat(nodesOf(cluster, "vm4", "vm5")).hasSize(2);
        long moves = cluster.movesBegun();
        cluster.quiet();
        assertThat(cluster.movesBegun()).isEqualTo(moves);
    }

    @Test
    void aDrainLeavesAGroupThatNoNodeCanHoldAndSaysWhy() {
        ClusterModel cluster = with(ClusterModel.of(3), together("vm1", "vm2"))
                .running("vm1", "hv1", 20)
                .running("vm2", "hv1", 20)
                .running("load2", "hv2", 30)
                .running("load3", "hv3", 30);
        Verdict.Planned plan = (Verdict.Planned) cluster.ask(Requests.as(Requests.DRY_RUN, Requests.drain("hv1")));
        assertThat(plan.plan().moves()).isEmpty();
        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.state()).isEqualTo(OperationState.FAILED);
        assertThat(ended.message())
                .contains("hv2: has 34 GiB of memory free, 40 GiB needed for vm1, vm2, which belong together");
        assertThat(nodesOf(cluster, "vm1", "vm2")).containsExactly("hv1");
    }

    @Test
    void aDrainDoesNotTearAGroupOfWhichOneCannotMoveLive() {
        ClusterModel cluster = with(ClusterModel.of(2), together("vm1", "vm2"))
                .running("vm1", "hv1", 4)
                .running(Specs.fixed(Specs.of("vm2", 4)), "hv1");
        Operation ended = cluster.end(cluster.begin(Requests.drain("hv1")));

        assertThat(ended.message())
                .contains("vm1 (waiting for its group: it belongs with vm2, which cannot move live)");
        assertThat(nodesOf(cluster, "vm1", "vm2")).containsExactly("hv1");
        cluster.ask(Requests.resume("hv1", io.drover.model.FailbackMode.NONE));
        assertThat(cluster.end(cluster.begin(Requests.forcedDrain("hv1"))).state())
                .isEqualTo(OperationState.COMPLETED);
        assertThat(nodesOf(cluster, "vm1", "vm2")).containsExactly("hv2");
    }

    @Test
    void aGroupGoesToAnotherNodeTogetherIfOneOfItIsRefused() {
        ClusterModel cluster = with(ClusterModel.of(3), together("vm1", "vm2"))
                .moves((vm, source, target, attempt) ->
                        vm.value().equals("vm2") && target.value().equals("hv2")
                                ? MoveScript.End.REFUSES
                                : MoveScript.End.ARRIVES)
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 4)
                .running("load", "hv3", 20);
        cluster.begin(Requests.drain("hv1"));
        cluster.quiet();

        assertThat(nodesOf(cluster, "vm1", "vm2")).containsExactly("hv3");
    }

    @Test
    void anIllNodeIsEmptiedOfItsGroupsAsAWhole() {
        ClusterModel cluster = with(ClusterModel.of(3), together("vm1", "vm2"))
                .running("vm1", "hv1", 4)
                .running("vm2", "hv1", 4);
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.quiet();

        assertThat(nodesOf(cluster, "vm1", "vm2")).hasSize(1).doesNotContain("hv1");
    }

    @Test
    void aMigrateThatWouldBreakARuleIsRefused() {
        ClusterModel cluster = with(ClusterModel.of(3), apart("vm1", "vm2", "vm3"))
                .running("vm1", "hv1", 4)
                .running("vm2", "hv2", 4)
                .running("vm3", "hv3", 4);

        assertThat(cluster.refused(Requests.migrateTo("vm1", "hv3")).why())
                .isEqualTo("hv3: has vm3, from which rule 'SEPARATE-vm1-vm2-vm3' keeps it apart");
        assertThat(cluster.operations()).isEmpty();
    }

    @Test
    void aMigrateOfAGroupThatDoesNotFitIsRefused() {
        ClusterModel cluster = with(ClusterModel.of(2), together("vm1", "vm2"))
                .running("vm1", "hv1", 20)
                .running("vm2", "hv1", 20)
                .running("load", "hv2", 30);

        assertThat(cluster.refused(Requests.migrateTo("vm1", "hv2")).why()).contains("which belong together");
    }

    @Test
    void aMigrateMovesTheWholeGroupAndItsMembersMoveOnTogether() {
        String[] all = {"vm1", "vm2", "vm3", "vm4", "vm5", "vm6", "vm7", "vm8", "vm9"};
        ClusterModel cluster = with(
                ClusterModel.of(3),
                together("vm1", "vm2", "vm3"),
                together("vm3", "vm4", "vm5"),
                together("vm5", "vm6", "vm7"),
                together("vm5", "vm8", "vm9"));
        for (String vm : all) {
            cluster.running(vm, "hv1", 4);
        }
        OperationId first = cluster.begin(Requests.migrateTo("vm3", "hv2"));
        cluster.ticks(3);
        assertThat(cluster.refused(Requests.migrateTo("vm9", "hv3")).why()).contains("has it in hand");

        assertThat(cluster.end(first).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(nodesOf(cluster, all)).containsExactly("hv2");
        cluster.end(cluster.begin(Requests.migrateTo("vm1", "hv3")));
        assertThat(nodesOf(cluster, all)).containsExactly("hv3");
        cluster.end(cluster.begin(Requests.migrate("vm9")));
        assertThat(nodesOf(cluster, all)).hasSize(1).doesNotContain("hv3");
        assertThat(cluster.movesBegun()).isEqualTo(27);
    }

    @Test
    void aWishIsFollowedWhereThatIsPossibleAndMovesNothing() {
        ClusterModel cluster = with(
                        ClusterModel.of(2),
                        rule(AffinityRule.Kind.SEPARATE, false, "vm1", "vm2"),
                        rule(AffinityRule.Kind.TOGETHER, false, "vm1", "vm3"))
                .running("vm1", "hv1", 4)
                .running("load", "hv2", 20)
                .off(Specs.of("vm2", 4))
                .off(Specs.of("vm3", 4))
                .running("vm4", "hv1", 4);
        cluster.end(cluster.begin(Requests.start("vm2")));
        cluster.end(cluster.begin(Requests.start("vm3")));
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv2");
        assertThat(cluster.nodeOf("vm3")).isEqualTo("hv1");

        cluster.end(cluster.begin(Requests.drain("hv2")));
        assertThat(cluster.nodeOf("vm2")).isEqualTo("hv1");
        cluster.quiet();
    }

    @Test
    void aMemberWhoseStartFailsStaysWithItsGroup() {
        ClusterModel cluster = with(ClusterModel.of(2), together("vm1", "vm2", "vm3"))
                .startFails("vm3", "hv1", 2)
                .startFails("vm3", "hv2", 2);
        for (String vm : List.of("vm1", "vm2", "vm3")) {
            cluster.put(VmRecord.added(Specs.limits(Specs.of(vm, 4), 1, 1), DesiredState.RUNNING));
        }
        cluster.until(
                () -> cluster.vm("vm3").phase() instanceof Phase.Placed placed
                        && cluster.host(placed.owner()).isExecuting(new VmId("vm3")),
                Duration.ofMinutes(1));

        assertThat(nodesOf(cluster, "vm1", "vm2", "vm3")).hasSize(1);
        assertThat(cluster.vm("vm3").failures()).hasSize(2);
        assertThat(cluster.movesBegun()).isZero();
    }

    @Test
    void aVmWhoseStartFailsStaysApartFromTheOthers() {
        ClusterModel cluster = with(ClusterModel.of(2), apart("vm1", "vm2"))
                .running("vm1", "hv2", 4)
                .startFails("vm2", "hv1", 2)
                .put(VmRecord.added(Specs.limits(Specs.of("vm2", 4), 1, 1), DesiredState.RUNNING));
        cluster.until(() -> cluster.host("hv1").isExecuting(new VmId("vm2")), Duration.ofMinutes(1));

        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(new NodeId("hv2"), 1));
    }
}
