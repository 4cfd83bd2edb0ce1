package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.GuestState;
import io.drover.model.HealthLevel;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.OperationState;
import io.drover.model.Priority;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kinds of moves, settings of VMs, and the cluster armed and disarmed. */
class PolicyRequestsTest {
    @Test
    void aMoveByRestartStopsTheVmAndStartsItThere() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv1", 4);
        OperationId move = cluster.begin(Requests.migrateTo("vm1", "hv3", MoveKind.RESTART));

        assertThat(cluster.end(move).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        assertThat(cluster.host("hv3").guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.movesBegun()).isZero();
        assertThat(cluster.told()).contains("vm1 is stopped on hv1 to be started on another node, as asked");
    }

    @Test
    void aQuickMoveAsksTheOwnerToSaveTheVm() {
        ClusterModel cluster = ClusterModel.of(2).running(Specs.fixed(Specs.of("vm1", 4)), "hv1");
        OperationId move = cluster.begin(Requests.migrateTo("vm1", "hv2", MoveKind.QUICK));

        assertThat(cluster.end(move).state()).isEqualTo(OperationState.COMPLETED);
        assertThat(cluster.step(move, "vm1").kind()).isEqualTo(MoveKind.QUICK);
        assertThat(cluster.told()).contains("vm1 is saved on hv1 to be restored on another node, as asked");
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv2");
    }

    @Test
    void movesOfWhatIsOffOrMayNotGoThereAreRefusedAndChangeNothing() {
        ClusterModel cluster = ClusterModel.of(3)
                .off(Specs.of("vm1", 4))
                .running(Specs.onlyOn(Specs.of("vm2", 4), "hv3"), "hv3")
                .running(Specs.fixed(Specs.of("vm3", 4)), "hv1");

        assertThat(cluster.refused(Requests.migrateTo("vm1", "hv2")).why())
                .isEqualTo("it does not run, so there is nothing to move");
        assertThat(cluster.refused(Requests.migrateTo("vm2", "hv2")).why())
                .isEqualTo("hv2: is not among its possible owners");
        Problem live = cluster.refused(Requests.migrateTo("vm3", "hv2"));
        assertThat(live.why()).isEqualTo("it cannot move live");
        assertThat(live.remedies())
                .containsExactly("move it with --type restart: it is stopped, and started on the other node");
        assertThat(cluster.operations()).isEmpty();
    }

    @Test
    void settingsOfAVmAreChangedWhileItRuns() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        cluster.ask(new Request.SetVm(
                Requests.ADMIN,
                new VmId("vm1"),
                new TreeMap<>(Map.of(
                        "priority", "no-auto-start",
                        "preferredOwners", "hv2, hv1",
                        "possibleOwners", "hv1,hv2,hv9",
                        "maxRestarts", "0",
                        "maxRelocates", "5",
                        "failback", "immediate",
                        "liveMigratable", "false"))));

        VmSpec spec = cluster.vm("vm1").spec();
        assertThat(spec.priority()).isEqualTo(Priority.NO_AUTO_START);
        assertThat(spec.preferredOwners()).containsExactly(new NodeId("hv2"), new NodeId("hv1"));
        assertThat(spec.possibleOwners()).containsExactly(new NodeId("hv1"), new NodeId("hv2"), new NodeId("hv9"));
        assertThat(spec.maxRestarts()).isZero();
        assertThat(spec.maxRelocates()).isEqualTo(5);
        assertThat(spec.failback()).isEqualTo(FailbackMode.IMMEDIATE);
        assertThat(spec.liveMigratable()).isFalse();
        assertThat(cluster.told().get(0)).startsWith("vm1 is treated otherwise: failback=immediate, ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "priority       | urgent    | priority: 'urgent' (expected: high, medium, low, no-auto-start)",
                "failback       | later     | failback: 'later' (expected: immediate, policy, none)",
                "maxRestarts    | -1        | maxRestarts: '-1' (expected: a number from 0 to 999999)",
                "maxRelocates   | many      | maxRelocates: 'many' (expected: a number from 0 to 999999)",
                "liveMigratable | perhaps   | liveMigratable: 'perhaps' (expected: true or false)",
                "possibleOwners | hv1,hv1   | possibleOwners: 'hv1,hv1' (expected: each node once)",
                "preferredOwners| hv 1      | node name: 'hv 1' (expected: 1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit)",
                "memory         | 4GiB      | setting 'memory': unknown (expected: one of failback, liveMigratable, maxRelocates, maxRestarts, possibleOwners, preferredOwners, priority)",
            })
    void aSettingThatMakesNoSenseIsNamedAndChangesNothing(String name, String value, String why) {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        VmRecord before = cluster.vm("vm1");
        Problem problem = cluster.refused(Requests.set("vm1", name, value));

        assertThat(problem.kind()).isEqualTo(ProblemKind.USAGE);
        assertThat(problem.what()).isEqualTo("VM 'vm1' is not changed");
        assertThat(problem.why()).isEqualTo(why);
        assertThat(cluster.vm("vm1")).isEqualTo(before);
    }

    @Test
    void aDisarmedClusterStartsAndEmptiesNothingUnasked() {
        ClusterModel cluster = ClusterModel.of(2)
                .running("vm1", "hv1", 4)
                .put(VmRecord.added(Specs.of("vm2", 4), DesiredState.RUNNING))
                .off(Specs.of("vm3", 4));
        cluster.ask(new Request.Disarm(new Request.Context("ann", "network work", false, ""), Optional.empty()));
        cluster.host("hv1").health(HealthLevel.CRITICAL);
        cluster.ticks(60);

        assertThat(cluster.operations()).isEmpty();
        VmStates.Condition condition = VmStates.of(cluster.vm("vm2"), cluster.view());
        assertThat(condition.waits()).isTrue();
        assertThat(condition.message()).isEqualTo("waiting for an operator: the cluster is disarmed (network work)");
        assertThat(cluster.told())
                .containsExactly("cluster is disarmed: it fences nobody, and starts and moves nothing unasked "
                        + "(network work)");
        // What an operator asks for is done.
        cluster.end(cluster.begin(Requests.start("vm3")));
        assertThat(cluster.end(cluster.begin(Requests.migrateTo("vm1", "hv2"))).state())
                .isEqualTo(OperationState.COMPLETED);

        cluster.ask(new Request.Arm(Requests.ADMIN));
        cluster.quiet();
        assertThat(cluster.host("hv2").guest("vm2")).contains(GuestState.RUNNING);
    }

    @Test
    void aClusterThatIsDisarmedForAWhileArmsItself() {
        ClusterModel cluster = ClusterModel.of(1).put(VmRecord.added(Specs.of("vm1", 4), DesiredState.RUNNING));
        cluster.ask(new Request.Disarm(Requests.ADMIN, Optional.of(Duration.ofSeconds(30))));
        cluster.ticks(29);
        assertThat(cluster.settings().failover().armed()).isFalse();
        cluster.ticks(3);

        assertThat(cluster.settings().failover().armed()).isTrue();
        assertThat(cluster.settings().failover().armedAgainAt()).isEmpty();
        assertThat(cluster.host("hv1").guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.told()).contains("cluster is armed again: the time for which it was disarmed is over");
    }

    @Test
    void armingWhatIsArmedAndDisarmingForNoTimeAreRefused() {
        ClusterModel cluster = ClusterModel.of(1);

        assertThat(cluster.refused(new Request.Arm(Requests.ADMIN)).why()).isEqualTo("it is armed already");
        assertThat(cluster.refused(new Request.Disarm(Requests.ADMIN, Optional.of(Duration.ZERO)))
                        .why())
                .isEqualTo("for: PT0S (expected: > PT0S)");
    }

    @Test
    void dryRunsChangeNothing() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4);
        VmRecord before = cluster.vm("vm1");

        List.of(
                        new Request.Disarm(Requests.DRY_RUN, Optional.empty()),
                        new Request.SetVm(Requests.DRY_RUN, new VmId("vm1"), new TreeMap<>(Map.of("maxRestarts", "7"))),
                        new Request.MigrateVm(Requests.DRY_RUN, new VmId("vm1"), Optional.empty(), MoveKind.RESTART))
                .forEach(request -> assertThat(cluster.ask(request)).isInstanceOf(Verdict.Planned.class));
        assertThat(cluster.vm("vm1")).isEqualTo(before);
        assertThat(cluster.settings().failover().armed()).isTrue();
    }
}
