package io.drover.engine.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.FailoverPolicy;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.LeaseTerms;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.Priority;
import io.drover.model.ShutdownPolicy;
import io.drover.model.UsualTerms;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** VMs of nodes that are proved gone. */
class FailoverTest {
    private static final NodeId HV1 = new NodeId("hv1");
    private static final NodeId HV2 = new NodeId("hv2");
    private static final NodeId HV3 = new NodeId("hv3");
    private static final Phase.Migrating MOVE = new Phase.Migrating(HV1, 1, HV2, new OperationId("0-1"), 1);

    /** As if a proof were there. */
    private static void prove(ClusterModel cluster, String host) {
        cluster.put(cluster.node(host).withFencing(FencingState.FENCED, "a test says so"));
    }

    private static ClusterModel migrating(String... gone) {
        ClusterModel cluster = ClusterModel.of(4).running("vm1", "hv1", 4);
        cluster.view();
        cluster.put(cluster.vm("vm1").migrating(MOVE));
        for (String host : gone) {
            cluster.host(host).powerOff();
            prove(cluster, host);
        }
        return cluster;
    }

    private static VmRecord noted(VmRecord vm) {
        return vm.withLastMigration(MigrationResult.notMoved(
                MOVE, MigrationResult.Outcome.FAILED, "it was destroyed", "look at the target", true));
    }

    @Test
    void theVmsOfADeadNodeRunElsewhereAfterTheProofAndNotBefore() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(3);
        cluster.host("hv3").powerOff();
        while (cluster.node("hv3").fencing() != FencingState.FENCED) {
            assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(HV3, 1));
            cluster.tick();
        }
        // Suspected after 2 s, its last promise gone 3.5 s after its last renewal, and the hardest kill.
        assertThat(Duration.between(ClusterModel.START, cluster.now())).isLessThanOrEqualTo(Duration.ofSeconds(11));
        cluster.ticks(2);
        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Placed.class);
        assertThat(cluster.host(cluster.nodeOf("vm1")).guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.vm("vm1").generation()).isEqualTo(2);
        assertThat(cluster.told()).contains("vm1 is nobody's: hv3 is gone");
    }

    @Test
    void aHostThatDiedWithTheCoordinatorIsFoundByWhatTheVotersSayAndNotAfterAnotherLease() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(3);
        cluster.host("hv3").powerOff();
        // As long as it takes to notice that the coordinator has gone: its promises have ended.
        cluster.ticks(6);
        cluster.put(cluster.node("hv3").withFencing(FencingState.CLEAR, ""));
        cluster.newCoordinator().ticks(3);
        assertThat(cluster.node("hv3").fencing()).isEqualTo(FencingState.FENCED);
        cluster.ticks(2);
        assertThat(cluster.host(cluster.nodeOf("vm1")).guest("vm1")).contains(GuestState.RUNNING);
    }

    @Test
    void aNodeThatIsCutOffPausesItsVmsAndTurnsThemOffWhenAnotherHasThem() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(3);
        cluster.host("hv3").cut(true);
        cluster.until(() -> !cluster.nodeOf("vm1").equals("hv3"), Duration.ofSeconds(20));
        assertThat(cluster.host("hv3").guest("vm1")).contains(GuestState.PAUSED);
        cluster.ticks(3);
        cluster.host("hv3").cut(false);
        cluster.ticks(5);
        assertThat(cluster.host("hv3").guest("vm1")).contains(GuestState.OFF);
        assertThat(cluster.host(cluster.nodeOf("vm1")).guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.node("hv3").incarnation()).isEqualTo(2);
        assertThat(cluster.node("hv3").departures()).hasSize(1);
    }

    @Test
    void aBlipCostsNoRestart() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(3);
        cluster.host("hv3").cut(true);
        cluster.ticks(4);
        cluster.host("hv3").cut(false);
        cluster.ticks(10);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        assertThat(cluster.host("hv3").guest("vm1")).contains(GuestState.RUNNING);
        assertThat(cluster.vm("vm1").generation()).isEqualTo(1);
    }

    @Test
    void aFencingDeviceSwitchesOffAndItsWordIsTheProof() {
        // Nobody but the device can prove it for the first minute.
        LeaseTerms slowToDie = UsualTerms.killing(Duration.ofMinutes(1));
        ClusterModel cluster = ClusterModel.of(3)
                .settings(ClusterSettings.DEFAULTS.withLease(slowToDie))
                .device("hv3")
                .running("vm1", "hv3", 4)
                .ticks(3);
        cluster.host("hv3").frozen(true);
        cluster.until(() -> cluster.node("hv3").fencing() == FencingState.FENCED, Duration.ofSeconds(10));
        assertThat(cluster.shot()).containsExactly(HV3);
        assertThat(cluster.node("hv3").fencingProof()).contains("says that it has no power");
    }

    @Test
    void whatIsWrongWithARegistrationThatIsLeftElsewhereIsToldWithTheVm() {
        ClusterModel cluster = ClusterModel.of(2).running("vm1", "hv1", 4).ticks(2);
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).message()).isEmpty();
        cluster.host("hv2").guest("vm1", GuestState.OFF, 4).complains("vm1", "it is stale");
        cluster.ticks(2);
        VmStates.Condition condition = VmStates.of(cluster.vm("vm1"), cluster.view());
        assertThat(condition.state()).isEqualTo(VmState.RUNNING);
        assertThat(condition.message()).isEqualTo("hv2: it is stale");
    }

    @Test
    void aNodeThatComesBackBeforeTheProofKeepsItsVms() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(3);
        cluster.host("hv3").powerOff();
        cluster.until(() -> cluster.node("hv3").fencing() == FencingState.FENCING, Duration.ofSeconds(5));
        cluster.host("hv3").powerOn();
        cluster.ticks(20);
        assertThat(cluster.node("hv3").fencing()).isEqualTo(FencingState.CLEAR);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        assertThat(cluster.host("hv3").guest("vm1")).contains(GuestState.RUNNING);
    }

    @Test
    void aRecoveryHoldsOnlyIfTheNodeIsStillOnRecordAsGone() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(1);
        cluster.host("hv3").powerOff();
        prove(cluster, "hv3");
        cluster.meanwhile(() -> {
            if (cluster.node("hv3").fencing() == FencingState.FENCED) {
                cluster.host("hv3").powerOn();
            }
        });
        cluster.round();
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(HV3, 1));
        cluster.ticks(5);
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(HV3, 2));
    }

    @Test
    void theWriteNamesTheNodeThatItStandsOn() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(1);
        cluster.host("hv3").powerOff();
        prove(cluster, "hv3");
        Proposal proposal = Coordinator.decide(cluster.view()).stream()
                .filter(each -> each.puts().get(0) instanceof Proposal.Put.Vm)
                .findFirst()
                .orElseThrow();
        assertThat(proposal.puts()).contains(new Proposal.Put.Unchanged(HV3));
        assertThat(((Proposal.Put.Vm) proposal.puts().get(0)).next().phase()).isInstanceOf(Phase.Assigned.class);
    }

    @Test
    void whatIsNotWantedToRunIsOffAndNoAutoStartWaitsForAnOperator() {
        ClusterModel cluster = ClusterModel.of(3)
                .running("vm1", "hv3", 4)
                .running(Specs.priority(Specs.of("vm2", 4), Priority.NO_AUTO_START), "hv3")
                .ticks(1);
        cluster.put(cluster.vm("vm1").withDesired(DesiredState.OFF));
        cluster.host("hv3").powerOff();
        prove(cluster, "hv3");
        cluster.ticks(3);
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Stopped(Optional.of(HV3)));
        assertThat(cluster.vm("vm2").phase()).isEqualTo(new Phase.Stopped(Optional.of(HV3)));
        assertThat(VmStates.of(cluster.vm("vm2"), cluster.view()).waits()).isTrue();
        assertThat(cluster.told()).contains("vm2 is nobody's, and started only by an operator: hv3 is gone");
    }

    @Test
    void withoutAPlaceItWaitsAndSaysWhy() {
        ClusterModel cluster = ClusterModel.of(3)
                .running(Specs.onlyOn(Specs.of("vm1", 4), "hv3"), "hv3")
                .ticks(1);
        cluster.host("hv3").powerOff();
        prove(cluster, "hv3");
        cluster.ticks(2);
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Stopped(Optional.of(HV3)));
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()).message())
                .isEqualTo("waiting for a possible owner: hv3 is down");
        cluster.host("hv3").powerOn();
        cluster.ticks(4);
        assertThat(cluster.host("hv3").guest("vm1")).contains(GuestState.RUNNING);
    }

    @Test
    void disarmedTheyStayAndSaySo() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(1);
        ClusterSettings settings = cluster.settings();
        cluster.settings(settings.withFailover(settings.failover().disarmed(Optional.empty(), "")));
        cluster.host("hv3").powerOff();
        prove(cluster, "hv3");
        cluster.ticks(3);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        assertThat(VmStates.of(cluster.vm("vm1"), cluster.view()))
                .isEqualTo(new VmStates.Condition(
                        VmState.OFF,
                        "hv3 is down; automatic action is disarmed, so it is given to no other node",
                        true));
    }

    @Test
    void soManyStartOnANodeAtATimeTheHighestPriorityFirst() {
        ClusterModel cluster = ClusterModel.of(2);
        for (int i = 1; i <= 9; i++) {
            Priority priority = i > 6 ? Priority.HIGH : Priority.MEDIUM;
            cluster.running(Specs.priority(Specs.of("vm" + i, 1), priority), "hv2");
        }
        cluster.host("hv3", 1);
        cluster.ticks(1);
        cluster.host("hv2").powerOff();
        prove(cluster, "hv2");
        cluster.round();
        List<String> first = cluster.vms().values().stream()
                .filter(vm -> vm.phase().equals(new Phase.Assigned(HV1)))
                .map(vm -> vm.id().value())
                .toList();
        assertThat(first).hasSize(FailoverPolicy.DEFAULTS.startsPerNode()).contains("vm7", "vm8", "vm9");
        VmRecord waiting = cluster.vms().values().stream()
                .filter(vm -> vm.phase() instanceof Phase.Stopped)
                .findFirst()
                .orElseThrow();
        assertThat(VmStates.of(waiting, cluster.view()).message())
                .startsWith("waiting for a slot: 4 of 4 VMs that may start at a time do so on hv1");
        cluster.until(
                () -> cluster.vms().values().stream().allMatch(vm -> vm.phase() instanceof Phase.Placed),
                Duration.ofSeconds(10));
    }

    @Test
    void aStartThatHangsHoldsItsSlotForAMinuteOnly() {
        ClusterModel cluster = ClusterModel.of(3).ticks(1);
        for (int i = 1; i <= 4; i++) {
            cluster.put(VmRecord.added(Specs.of("vm" + i, 1), DesiredState.RUNNING)
                    .assignedTo(HV1)
                    .claimedBy(HV1, 1));
        }
        ClusterView view = cluster.view();
        assertThat(view.findings().startingSince()).hasSize(4);
        assertThat(Starts.busy(new Draft(view))).containsExactly(HV1);
        assertThat(Starts.busy(new Draft(at(view, 59)))).containsExactly(HV1);
        assertThat(Starts.busy(new Draft(at(view, 60)))).isEmpty();
    }

    private static ClusterView at(ClusterView view, long later) {
        TreeMap<NodeId, NodeView> nodes = new TreeMap<>();
        view.nodes()
                .forEach((id, node) -> nodes.put(
                        id,
                        new NodeView(
                                node.record(),
                                node.live(),
                                node.heard()
                                        .map(heard -> new NodeView.Heard(
                                                heard.report(), view.now().plusSeconds(later))))));
        return new ClusterView(
                view.epoch(),
                view.since(),
                view.now().plusSeconds(later),
                view.settings(),
                nodes,
                view.vms(),
                view.operations(),
                view.voters(),
                view.takeovers(),
                view.findings());
    }

    @Test
    void aVmThatALastReportStillShowsRunningOnADeadNodeIsNotGivenBackToIt() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(1);
        cluster.host("hv3").powerOff();
        prove(cluster, "hv3");
        // The node's last report came a moment ago, and says that it runs there.
        cluster.round();
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv3");
    }

    @Test
    void bothSidesGoneItIsRecovered() {
        ClusterModel cluster = migrating("hv1", "hv2");
        cluster.ticks(2);
        assertThat(cluster.nodeOf("vm1")).isIn("hv3", "hv4");
        assertThat(cluster.vm("vm1").phase()).isInstanceOf(Phase.Placed.class);
    }

    @Test
    void oneSideGoneNothingIsStartedOnAGuess() {
        ClusterModel cluster = migrating("hv1");
        cluster.round();
        assertThat(cluster.vm("vm1").phase()).isEqualTo(MOVE);
    }

    @Test
    void theSourceGoneTheTargetsNoteSetsItFreeAndTheTargetIsPreferred() {
        ClusterModel cluster = migrating("hv1");
        cluster.put(noted(cluster.vm("vm1")));
        cluster.round();
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Assigned(HV2));
        assertThat(cluster.told()).contains("vm1 is nobody's: hv1 is gone and hv2 holds nothing of it");
    }

    @Test
    void theTargetGoneTheSourceIsToldThatTheGuestMayHaveRunThere() {
        ClusterModel cluster = migrating("hv2");
        cluster.round();
        assertThat(cluster.vm("vm1").phase()).isEqualTo(MOVE);
        MigrationResult note = cluster.vm("vm1").lastMigration().orElseThrow();
        assertThat(note.outcome()).isEqualTo(MigrationResult.Outcome.LOST);
        assertThat(note.reason()).isEqualTo("node hv2 is gone");
        cluster.ticks(2);
        assertThat(cluster.vm("vm1").phase()).isEqualTo(new Phase.Placed(HV1, 1));
        assertThat(cluster.host("hv1").guest("vm1")).contains(GuestState.RUNNING);
    }

    @Test
    void theNoteOfAnEarlierTryIsNone() {
        ClusterModel cluster = migrating("hv1");
        Phase.Migrating earlier = new Phase.Migrating(HV1, 1, HV2, new OperationId("0-1"), 0);
        cluster.put(cluster.vm("vm1")
                .withLastMigration(MigrationResult.notMoved(
                        earlier, MigrationResult.Outcome.FAILED, "it was busy", "try again", true)));
        cluster.round();
        assertThat(cluster.vm("vm1").phase()).isEqualTo(MOVE);
    }

    @Test
    void aVmThatIsStartedAnewLeavesNoCopyThatMayGoOn() {
        VmRecord failed = noted(VmRecord.added(Specs.of("vm1", 1), DesiredState.RUNNING)
                .assignedTo(HV1)
                .claimedBy(HV1, 1)
                .migrating(MOVE));
        VmRecord anew = failed.stopped(HV1).assignedTo(HV1);
        assertThat(anew.lastMigration().orElseThrow().outcome()).isEqualTo(MigrationResult.Outcome.LOST);
        assertThat(anew.lastMigration().orElseThrow().reason()).isEqualTo("it was destroyed");
    }

    @Test
    void whoLeftOwnsNothingAnyMoreUnlessItsVmsAreToWaitForIt() {
        ClusterModel cluster = ClusterModel.of(3).running("vm1", "hv3", 4).ticks(1);
        cluster.host("hv3").powerOff();
        cluster.put(cluster.node("hv3").withFencing(FencingState.LEFT, ""));
        ClusterSettings settings = cluster.settings();
        FailoverPolicy plain = settings.failover();
        cluster.settings(settings.withFailover(new FailoverPolicy(
                true,
                Optional.empty(),
                "",
                plain.failback(),
                ShutdownPolicy.FREEZE,
                plain.suspectAfter(),
                plain.startsPerNode(),
                plain.restartWindow(),
                plain.quarantineAfter(),
                plain.quarantineWindow(),
                plain.quarantineDuration())));
        cluster.ticks(3);
        assertThat(cluster.nodeOf("vm1")).isEqualTo("hv3");
        cluster.settings(settings);
        cluster.ticks(3);
        assertThat(cluster.nodeOf("vm1")).isNotEqualTo("hv3");
    }
}
