package io.drover.engine.agent;

import static io.drover.engine.agent.NodeWorld.OTHER;
import static io.drover.engine.agent.NodeWorld.SELF;
import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.LeaseState;
import io.drover.model.MigrationResult;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.StopRequest;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a node does with its own VMs. */
class NodeCoreTest {
    private static final VmId VM = NodeWorld.vm(1);
    private static final OperationId OPERATION = new OperationId("1-1");

    private final NodeWorld world = new NodeWorld();

    private void isRunningHere() {
        world.runsHere(VM);
    }

    private VmRecord record() {
        return world.record(VM);
    }

    @Test
    void whatIsAssignedIsClaimedAndThenStarted() {
        isRunningHere();

        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 1));
        assertThat(record().failures()).isEmpty();
    }

    @Test
    void whatRunsHereIsPutOnRecordAsItsHypervisorKnowsIt() {
        world.hypervisorId = "A1";
        world.definition = "/vms/a";
        isRunningHere();
        world.pass(Duration.ofSeconds(5));
        assertThat(record().spec().hypervisorId()).isEqualTo("A1");
        assertThat(record().spec().definition()).isEqualTo("/vms/a");
        long revision = record().revision();

        world.definition = "";
        world.pass(Duration.ofSeconds(5));
        assertThat(record().revision()).as("what is not known now says nothing").isEqualTo(revision);

        world.definition = "/vms/b";
        world.pass(Duration.ofSeconds(5));
        assertThat(record().spec().definition()).isEqualTo("/vms/b");
        assertThat(record().revision()).isEqualTo(revision + 1);
    }

    @Test
    void nothingIsClaimedBeforeTheLeaseIsHeld() {
        world.start(Optional.empty());
        world.change(world.added(VM).assignedTo(SELF));
        world.settle();
        assertThat(world.phase(VM)).isEqualTo(new Phase.Assigned(SELF));

        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void whenTheLeaseIsAboutToEndGuestsArePausedAndGoOnWhenItIsBack() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);
        assertThat(world.isMarked).isTrue();

        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.isMarked).isFalse();
        assertThat(record().failures()).isEmpty();
    }

    @Test
    void whoHasLostItsDiskPutsOnRecordThatTheLeaseMayHavePausedAGuest() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.isMarked = false;

        world.rejoin(Optional.empty());
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);
        assertThat(world.isMarked).as("the next process is not as ignorant").isTrue();

        world.rejoin(Optional.empty());
        world.become(LeaseState.HELD);
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void aGuestGoesOnOnlyByARecordThatWasReadSinceTheLeaseIsBack() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.isStoreAway = true;
        world.become(LeaseState.HELD);
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);

        world.isStoreAway = false;
        world.pass(Duration.ofSeconds(3));

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void aPausedCopyThatOthersHaveGotIsTurnedOff() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.become(LeaseState.NONE);
        world.write(record().assignedTo(OTHER));
        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.OFF);
        assertThat(world.phase(VM)).isEqualTo(new Phase.Assigned(OTHER));
    }

    @Test
    void aVmThatWentAroundAndCameBackStartsFromItsDisksAndNotFromAnOldMemory() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.become(LeaseState.NONE);
        world.write(record().assignedTo(OTHER).claimedBy(OTHER, 1));
        world.write(record().stopped(OTHER).assignedTo(SELF));
        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.story.stream().filter(line -> line.endsWith("stopped vm1") || line.endsWith("executes vm1")))
                .extracting(line -> line.substring(line.indexOf(' ') + 1))
                .containsExactly("executes vm1", "stopped vm1", "executes vm1");
    }

    @Test
    void givenUpMeansTurnedOffAndIsNoFailureOfTheVm() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.become(LeaseState.NONE);
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);
        world.become(LeaseState.GIVEN_UP);
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.OFF);

        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(record().failures()).isEmpty();
        assertThat(world.isMarked).isFalse();
    }

    @Test
    void aGuestThatTheGuardKilledIsStartedAgainAndThatIsNoFailureOfTheVm() {
        isRunningHere();
        world.become(LeaseState.NONE);
        world.asked.clear();
        world.guests.put(VM, GuestState.OFF);
        world.pass(NodeCore.CALL_PATIENCE);

        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(record().failures()).isEmpty();
    }

    @Test
    void aPauseThatFailsIsTriedAgainAndFollowedByTurningOffAtTheEnd() {
        isRunningHere();
        world.failing.put(GuestAction.PAUSE, 100);
        world.become(LeaseState.ENDING);
        world.pass(Duration.ofMillis(500));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);

        world.become(LeaseState.NONE);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.OFF);
    }

    @Test
    void aPauseThatHangsDoesNotKeepTheNodeFromTurningOff() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.next(NodeDecision.Control.class);
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);

        world.become(LeaseState.NONE);

        assertThat(world.next(NodeDecision.Stop.class).grace()).isEqualTo(Duration.ZERO);
    }

    @Test
    void aStartThatEndsAfterTheLeaseIsFollowedByAPause() {
        world.started();
        world.change(world.added(VM).assignedTo(SELF));
        while (!world.isAsked(NodeDecision.Start.class)) {
            world.give(world.act(world.asked.removeFirst()));
        }
        NodeEvent done = world.act(world.next(NodeDecision.Start.class));
        world.become(LeaseState.ENDING);
        world.settle();
        world.give(done);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.PAUSED);
    }

    @Test
    void aGuestThatAPersonPausedStaysPaused() {
        isRunningHere();
        VmId second = NodeWorld.vm(2);
        world.change(world.added(second).assignedTo(SELF));
        world.settle();
        world.pass(NodeCore.PATIENCE);
        world.guests.put(second, GuestState.PAUSED);
        world.pass(Duration.ofSeconds(2));
        world.become(LeaseState.ENDING);
        world.settle();
        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.guest(second)).contains(GuestState.PAUSED);
        assertThat(world.isMarked).isFalse();
    }

    @Test
    void aRestartedAgentPausesNothingWhileTheLeaseOfItsPredecessorLives() {
        isRunningHere();
        Instant pausesAt = world.now.plusSeconds(3);
        world.rejoin(Optional.of(new InheritedLease(pausesAt, pausesAt.plusSeconds(1), pausesAt.plusSeconds(7))));
        world.settle();
        world.pass(Duration.ofSeconds(2));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 1));

        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 2));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.story).noneMatch(line -> line.contains("paused"));
    }

    @Test
    void aRestartedAgentThatGetsNoLeasePausesAndLaterTurnsOff() {
        isRunningHere();
        Instant pausesAt = world.now.plusSeconds(3);
        world.rejoin(Optional.of(new InheritedLease(pausesAt, pausesAt.plusSeconds(1), pausesAt.plusSeconds(7))));
        world.pass(Duration.ofSeconds(3));
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);
        world.pass(Duration.ofSeconds(7));
        assertThat(world.guest(VM)).contains(GuestState.OFF);

        world.become(LeaseState.HELD);
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(record().failures()).isEmpty();
    }

    @Test
    void aProcessThatFindsThemPausedByTheLeaseAdoptsAndResumes() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.rejoin(Optional.empty());
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);

        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 2));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        world.pass(NodeCore.CALL_PATIENCE);
        assertThat(world.isMarked).isFalse();
    }

    @Test
    void aPauseThatAnEarlierProcessBeganIsUndoneHoweverLateItTakesEffect() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.rejoin(Optional.empty());
        world.become(LeaseState.HELD);
        world.settle();
        world.pass(NodeCore.CALL_PATIENCE.minusSeconds(10));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);

        world.guests.put(VM, GuestState.PAUSED);
        world.pass(Duration.ofSeconds(2));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);

        world.pass(Duration.ofSeconds(10));
        world.guests.put(VM, GuestState.PAUSED);
        world.pass(Duration.ofSeconds(2));
        assertThat(world.guest(VM)).as("paused by a person").contains(GuestState.PAUSED);
    }

    @Test
    void aNodeThatHasLostWhatItKeptLetsAPausedGuestGoOn() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.isMarked = false;
        world.rejoin(Optional.empty());
        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.isMarked).isFalse();
    }

    @Test
    void aGuestThatAMigrationHasLeftPausedGoesOn() {
        isRunningHere();
        world.give(new NodeEvent.MigrationBegan(VM));
        world.guests.put(VM, GuestState.PAUSED);
        world.pass(Duration.ofSeconds(2));
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);

        world.give(new NodeEvent.MigrationEnded(VM));
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void aNodeThatKnowsOfNoMarkLeavesAPausedGuestAlone() {
        isRunningHere();
        world.pass(NodeCore.PATIENCE);
        world.guests.put(VM, GuestState.PAUSED);
        world.pass(Duration.ofSeconds(2));
        Instant pausesAt = world.now.plusSeconds(3);
        world.rejoin(Optional.of(new InheritedLease(pausesAt, pausesAt.plusSeconds(1), pausesAt.plusSeconds(7))));
        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 2));
        assertThat(world.guest(VM)).contains(GuestState.PAUSED);
    }

    @Test
    void aStartThatComesThroughAfterTheVmWasTurnedOffElsewhereIsUndone() {
        world.started();
        world.change(world.added(VM).withDesired(DesiredState.OFF).stopped(OTHER));
        world.settle();
        world.guests.put(VM, GuestState.RUNNING);
        world.pass(Duration.ofSeconds(2));

        assertThat(world.guest(VM)).contains(GuestState.OFF);
    }

    @Test
    void aRevokedIncarnationJoinsAnewAsSoonAsTheRecordsAnswer() {
        isRunningHere();
        world.isStoreAway = true;
        world.give(new NodeEvent.Revoked());
        world.settle();
        assertThat(world.isRejoining).isFalse();

        world.isStoreAway = false;
        world.pass(Duration.ofSeconds(3));

        assertThat(world.isRejoining).isTrue();
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void aFencedIncarnationJoinsAnewOnceItHasContactToItsVoters() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.become(LeaseState.NONE);
        world.settle();
        world.fence(FencingState.FENCING);
        world.settle();
        assertThat(world.isRejoining).isFalse();

        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.isRejoining).isTrue();
    }

    @Test
    void whoIsAboutToJoinAnewBeginsNothing() {
        isRunningHere();
        world.fence(FencingState.FENCING);
        world.settle();
        assertThat(world.isRejoining).isTrue();
        world.change(world.added(NodeWorld.vm(2)).assignedTo(SELF));
        world.settle();

        assertThat(world.phase(NodeWorld.vm(2))).isEqualTo(new Phase.Assigned(SELF));
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void aStartThatWaitsForItsStorageIsNoFailureAndIsTriedAgain() {
        world.started();
        world.locked.add(VM);
        world.change(world.added(VM).assignedTo(SELF));
        world.settle();
        world.pass(Duration.ofSeconds(60));
        assertThat(world.core.trouble(VM)).startsWith("waiting: its storage is still held by another host");
        assertThat(record().failures()).isEmpty();
        assertThat(world.told.stream().filter(each -> each.toString().contains("waits for its storage")))
                .hasSize(1);

        world.locked.clear();
        world.pass(Duration.ofSeconds(10));

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(world.core.trouble(VM)).isEmpty();
    }

    @Test
    void aStartThatFailsIsCountedUntilTheVmIsGivenBack() {
        world.started();
        world.failing.put(GuestAction.RESTORE, 1);
        world.change(world.added(VM).assignedTo(SELF));
        world.pass(Duration.ofSeconds(30));

        assertThat(record().failures()).hasSize(4);
        assertThat(record().phase()).isInstanceOf(Phase.Stopped.class);
    }

    @Test
    void aTargetThatDestroyedTheCopyItselfIsSureThatItNeverRan() {
        leftBehindAsTarget(GuestState.ARRIVED);

        assertThat(record().lastMigration().orElseThrow().outcome()).isEqualTo(MigrationResult.Outcome.FAILED);
        assertThat(world.guest(VM)).isEmpty();
    }

    @Test
    void aTargetThatFindsNothingAfterARestartSaysThatTheGuestMayHaveRun() {
        leftBehindAsTarget(null);

        assertThat(record().lastMigration().orElseThrow().outcome()).isEqualTo(MigrationResult.Outcome.LOST);
    }

    /** A process that begins finds an attempt whose target this node is, and what that has left. */
    private void leftBehindAsTarget(@Nullable GuestState state) {
        world.write(world.added(VM)
                .assignedTo(OTHER)
                .claimedBy(OTHER, 1)
                .migrating(new Phase.Migrating(OTHER, 1, SELF, OPERATION, 1)));
        if (state != null) {
            world.guests.put(VM, state);
        }
        world.started();
    }

    @Test
    void aGuestThatFellOverIsCountedAndStartedAgain() {
        isRunningHere();
        world.guests.put(VM, GuestState.OFF);
        world.pass(Duration.ofSeconds(2));

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
        assertThat(record().failures()).hasSize(1);
    }

    @Test
    void aStopIsCarriedOutAndRecordedEvenWithoutALease() {
        isRunningHere();
        world.become(LeaseState.ENDING);
        world.settle();
        world.change(record().withDesired(DesiredState.OFF).withStopRequest(StopRequest.of(OPERATION, true)));
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.OFF);
        assertThat(world.phase(VM)).isInstanceOf(Phase.Stopped.class);
    }

    @Test
    void aCopyIsTurnedOffOnlyIfTheRecordReadOnceMoreStillSaysSo() {
        isRunningHere();
        world.change(record().assignedTo(OTHER).claimedBy(OTHER, 1));
        world.give(world.act(world.next(NodeDecision.Read.class)));
        world.give(world.act(world.next(NodeDecision.ReadRecord.class)));
        assertThat(world.isAsked(NodeDecision.Stop.class)).isFalse();
        world.change(record().assignedTo(SELF).claimedBy(SELF, 1));
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.RUNNING);

        world.change(record().assignedTo(OTHER).claimedBy(OTHER, 1));
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.OFF);
    }

    @Test
    void anAttemptIsSentOnceAndOneOfAnEarlierProcessIsRecovered() {
        isRunningHere();
        world.change(record().migrating(new Phase.Migrating(SELF, 1, OTHER, OPERATION, 1)));
        world.settle();
        assertThat(world.sessions).containsExactly(VM);

        world.rejoin(Optional.empty());
        world.become(LeaseState.HELD);
        world.settle();

        assertThat(world.sessions).isEmpty();
        assertThat(world.phase(VM)).isEqualTo(new Phase.Placed(SELF, 2));
        assertThat(world.told).contains(new NodeDecision.VoidAttempt(VM, OPERATION, 1));
    }

    @Test
    void migrationsAreToldOfTheLease() {
        isRunningHere();
        world.told.clear();
        world.become(LeaseState.ENDING);
        world.become(LeaseState.NONE);
        world.become(LeaseState.HELD);

        assertThat(world.told.stream().filter(NodeDecision.TellMigrations.class::isInstance))
                .containsExactly(new NodeDecision.TellMigrations(false), new NodeDecision.TellMigrations(true));
    }

    @Test
    void aGuestThatIsBeingSentIsPausedAsWell() {
        isRunningHere();
        world.change(record().migrating(new Phase.Migrating(SELF, 1, OTHER, OPERATION, 1)));
        world.settle();
        world.become(LeaseState.ENDING);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.PAUSED);
    }

    @Test
    void aLookThatBeganBeforeADeedEndedSaysNothing() {
        isRunningHere();
        world.pass(Duration.ofMillis(999));
        world.now = world.now.plusMillis(5);
        world.give(new NodeEvent.Tick());
        NodeDecision.Look before = world.next(NodeDecision.Look.class);
        NodeEvent stale = world.act(before);
        world.change(record().withStopRequest(StopRequest.of(OPERATION, true)));
        world.settle();
        assertThat(world.guest(VM)).contains(GuestState.OFF);
        world.give(stale);
        world.settle();

        assertThat(world.phase(VM)).isInstanceOf(Phase.Stopped.class);
        assertThat(world.guest(VM)).contains(GuestState.OFF);
    }

    @Test
    void aLookThatWasGivenUpIsIgnoredWhenItIsAnsweredAfterTheNextOne() {
        isRunningHere();
        world.now = world.now.plusSeconds(1);
        world.give(new NodeEvent.Tick());
        NodeEvent late = world.act(world.next(NodeDecision.Look.class));
        world.guests.put(VM, GuestState.PAUSED);
        world.pass(NodeCore.PATIENCE);
        assertThat(world.core.guests()).extracting(SeenGuest::state).containsExactly(GuestState.PAUSED);
        world.give(late);

        assertThat(world.core.guests()).extracting(SeenGuest::state).containsExactly(GuestState.PAUSED);
    }

    @Test
    void aVmWithoutARecordIsLeftAlone() {
        world.guests.put(VM, GuestState.RUNNING);
        world.started();
        world.become(LeaseState.ENDING);
        world.become(LeaseState.GIVEN_UP);
        world.settle();

        assertThat(world.guest(VM)).contains(GuestState.RUNNING);
    }

    @Test
    void aTickBeforeAnythingIsDueDecidesNothing() {
        isRunningHere();

        assertThat(world.core.wakeAt()).contains(world.now.plusSeconds(1));
        assertThat(world.core.on(new NodeEvent.Tick(), world.now.plusMillis(999)))
                .isEqualTo(List.of());
    }
}
