package io.drover.engine.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.FailoverPolicy;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.StopRequest;
import io.drover.model.StorageMove;
import io.drover.model.StoragePlan;
import io.drover.model.VmFailure;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an agent does next about a VM. */
class DutiesTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final NodeId SELF = new NodeId("hv1");
    private static final NodeId OTHER = new NodeId("hv2");
    private static final NodeId THIRD = new NodeId("hv3");
    private static final long INCARNATION = 5;
    private static final OperationId OPERATION = new OperationId("1-1");
    private static final Duties DUTIES = new Duties(SELF, INCARNATION, false);
    private static final VmRecord ADDED = VmRecord.added(VmSpec.of(new VmId("vm1"), 1L << 30), DesiredState.RUNNING);

    private static Phase phase(String name) {
        return switch (name) {
            case "assigned" -> new Phase.Assigned(SELF);
            case "assigned elsewhere" -> new Phase.Assigned(OTHER);
            case "placed" -> new Phase.Placed(SELF, INCARNATION);
            case "placed before" -> new Phase.Placed(SELF, INCARNATION - 1);
            case "placed later" -> new Phase.Placed(SELF, INCARNATION + 1);
            case "placed elsewhere" -> new Phase.Placed(OTHER, 1);
            case "leaving" -> new Phase.Migrating(SELF, INCARNATION, OTHER, OPERATION, 1);
            case "leaving before" -> new Phase.Migrating(SELF, INCARNATION - 1, OTHER, OPERATION, 1);
            case "coming" -> new Phase.Migrating(OTHER, 1, SELF, OPERATION, 1);
            case "moving elsewhere" -> new Phase.Migrating(OTHER, 1, THIRD, OPERATION, 1);
            case "stopped" -> new Phase.Stopped(Optional.of(SELF));
            case "stopped elsewhere" -> new Phase.Stopped(Optional.of(OTHER));
            default -> throw new AssertionError(name);
        };
    }

    private static VmRecord record(Phase phase) {
        return record(ADDED, phase);
    }

    private static VmRecord record(VmRecord vm, Phase phase) {
        return new VmRecord(
                vm.spec(),
                vm.desired(),
                3,
                9,
                phase,
                vm.stopRequest(),
                vm.lastMigration(),
                vm.failures(),
                vm.failed(),
                vm.drainedFrom());
    }

    private static LocalGuest guest(GuestState state) {
        return LocalGuest.UNKNOWN.seenAs(Optional.of(state));
    }

    private static Optional<Duty> next(VmRecord record, LocalGuest guest) {
        return DUTIES.next(record, guest, ClusterSettings.DEFAULTS, NOW);
    }

    private static String name(Optional<Duty> duty) {
        return duty.map(found -> found.getClass().getSimpleName()).orElse("-");
    }

    @Test
    void filesMoveOnlyOfAGuestThatRunsHereAndIsToGoOn() {
        StoragePlan plan = new StoragePlan("\\\\fs\\fast", new TreeMap<>());
        VmRecord asked = record(phase("placed")).movingStorage(new StorageMove(OPERATION, 1, plan));

        assertThat(name(next(asked, guest(GuestState.RUNNING)))).isEqualTo("MoveStorage");
        assertThat(name(next(asked, guest(GuestState.PAUSED)))).isEqualTo("-");
        assertThat(name(next(asked.withStopRequest(StopRequest.of(OPERATION, false)), guest(GuestState.RUNNING))))
                .isEqualTo("Stop");
        assertThat(asked.stopped(SELF).storageMove()).isEmpty();
        assertThat(asked.claimedBy(SELF, INCARNATION + 1).storageMove()).isPresent();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // phase            absent   RUNNING      PAUSED       OFF      SAVED    INCOMING ARRIVED  DEPARTED
        "assigned,          Store,   Store,       Store,       Store,   Store,   Recover, Recover, Recover",
        "placed before,     Store,   Store,       Store,       Store,   Store,   Recover, Recover, Recover",
        "placed,            Start,   -,           -,           Start,   Restore, Recover, Recover, Recover",
        "placed later,      -,       -,           -,           -,       -,       -,       -,       -",
        "leaving,           Recover, Send,        Recover,     Recover, Recover, Recover, Recover, Recover",
        "leaving before,    Recover, Recover,     Recover,     Recover, Recover, Recover, Recover, Recover",
        "coming,            Recover, Recover,     Recover,     Recover, Recover, Recover, Recover, Recover",
        "placed elsewhere,  -,       TurnOffCopy, TurnOffCopy, -,       Forget,  Recover, Recover, Recover",
        "moving elsewhere,  -,       TurnOffCopy, TurnOffCopy, -,       Forget,  Recover, Recover, Recover",
        "assigned elsewhere, -,      -,           -,           -,       -,       Recover, Recover, Recover",
        "stopped,           -,       -,           -,           -,       -,       Recover, Recover, Recover",
        "stopped elsewhere, -,       -,           -,           -,       -,       Recover, Recover, Recover",
    })
    void dutyFollowsFromPhaseAndGuest(
            String phase,
            String absent,
            String running,
            String paused,
            String off,
            String saved,
            String incoming,
            String arrived,
            String departed) {
        VmRecord record = record(phase(phase));
        LocalGuest fresh = LocalGuest.UNKNOWN.withStartable(true);
        List<String> found = new ArrayList<>(List.of(name(next(record, fresh))));
        for (GuestState state : GuestState.values()) {
            found.add(name(next(record, fresh.seenAs(Optional.of(state)))));
        }

        assertThat(found).containsExactly(absent, running, paused, off, saved, incoming, arrived, departed);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        // what is asked        absent RUNNING PAUSED OFF    SAVED  INCOMING ARRIVED DEPARTED
        "shut down,             Store, PT2M,   PT0S,  Store, Store, Recover, Recover, Recover",
        "turn off,              Store, PT0S,   PT0S,  Store, Store, Recover, Recover, Recover",
        "not wanted,            Store, PT2M,   PT0S,  Store, Store, Recover, Recover, Recover",
    })
    void aStopEndsWhateverTheGuestDoes(
            String asked,
            String absent,
            String running,
            String paused,
            String off,
            String saved,
            String incoming,
            String arrived,
            String departed) {
        VmRecord vm = record(phase("placed"));
        VmRecord record = asked.equals("not wanted")
                ? vm.withDesired(DesiredState.OFF)
                : vm.withStopRequest(StopRequest.of(OPERATION, asked.equals("turn off")));
        List<String> found = new ArrayList<>(List.of(stopping(record, LocalGuest.UNKNOWN)));
        for (GuestState state : GuestState.values()) {
            found.add(stopping(record, guest(state)));
        }

        assertThat(found).containsExactly(absent, running, paused, off, saved, incoming, arrived, departed);
    }

    private static String stopping(VmRecord record, LocalGuest guest) {
        Optional<Duty> duty = next(record, guest);
        return duty.get() instanceof Duty.Stop stop ? stop.grace().toString() : name(duty);
    }

    @Test
    void aClaimNamesThisIncarnationAndKeepsTheGeneration() {
        Duty.Store claim =
                (Duty.Store) next(record(phase("assigned")), LocalGuest.UNKNOWN).orElseThrow();

        assertThat(claim.next().phase()).isEqualTo(new Phase.Placed(SELF, INCARNATION));
        assertThat(claim.next().generation()).isEqualTo(3);
        assertThat(claim.next().revision()).isEqualTo(10);
        assertThat(claim.why()).isEqualTo("claims it");
    }

    @Test
    void aNewIncarnationAdoptsWhatTheOneBeforeItOwned() {
        Duty.Store adoption = (Duty.Store)
                next(record(phase("placed before")), guest(GuestState.RUNNING)).orElseThrow();

        assertThat(adoption.next().phase()).isEqualTo(new Phase.Placed(SELF, INCARNATION));
        assertThat(adoption.next().failures()).isEmpty();
        assertThat(adoption.why()).isEqualTo("adopts it");
        assertThat(next(adoption.next(), guest(GuestState.RUNNING))).isEmpty();
    }

    @Test
    void aStopThatIsUnderWayIsCarriedOnByTheNextIncarnation() {
        VmRecord record = record(phase("placed before")).withStopRequest(StopRequest.of(OPERATION, false));
        Duty.Store adoption =
                (Duty.Store) next(record, guest(GuestState.RUNNING)).orElseThrow();

        assertThat(next(adoption.next(), guest(GuestState.RUNNING)))
                .contains(new Duty.Stop(ClusterSettings.DEFAULTS.shutdownTimeout()));
    }

    @Test
    void anEndedStopIsRecordedAndTheRequestIsGone() {
        VmRecord record = record(phase("placed")).withStopRequest(StopRequest.of(OPERATION, false));
        Duty.Store end = (Duty.Store) next(record, guest(GuestState.OFF)).orElseThrow();

        assertThat(end.next().phase()).isEqualTo(new Phase.Stopped(Optional.of(SELF)));
        assertThat(end.next().stopRequest()).isEmpty();
        assertThat(end.next().failed()).isFalse();
        assertThat(end.why()).isEqualTo("is off");
    }

    @Test
    void aGuestIsNeverMadeToRunButUnderAClaimOfThisIncarnation() {
        List<String> phases = List.of(
                "assigned",
                "assigned elsewhere",
                "placed before",
                "placed later",
                "placed elsewhere",
                "leaving",
                "leaving before",
                "coming",
                "moving elsewhere",
                "stopped");
        for (String phase : phases) {
            for (VmRecord vm : wishes()) {
                for (LocalGuest guest : guests()) {
                    assertThat(name(next(record(vm, phase(phase)), guest)))
                            .as("%s, %s, %s", phase, vm, guest)
                            .isNotIn("Start", "Resume", "Restore");
                }
            }
        }
    }

    @Test
    void nothingIsStartedThatIsNotWantedOrIsAskedToStop() {
        for (LocalGuest guest : guests()) {
            VmRecord placed = record(phase("placed"));
            assertThat(name(next(placed.withDesired(DesiredState.OFF), guest))).isNotIn("Start", "Resume", "Restore");
            assertThat(name(next(placed.withStopRequest(StopRequest.of(OPERATION, false)), guest)))
                    .isNotIn("Start", "Resume", "Restore");
        }
    }

    @Test
    void nothingIsDoneWhileAMigrationOfTheVmIsUnderWayHere() {
        for (VmRecord vm : wishes()) {
            for (LocalGuest guest : guests()) {
                for (String phase : List.of("assigned", "placed", "leaving", "coming", "placed elsewhere", "stopped")) {
                    assertThat(next(record(vm, phase(phase)), guest.withSession(true)))
                            .isEmpty();
                }
            }
        }
    }

    private static List<VmRecord> wishes() {
        StopRequest request = StopRequest.of(OPERATION, true);
        return List.of(
                ADDED,
                ADDED.withDesired(DesiredState.OFF),
                ADDED.withStopRequest(request),
                ADDED.withFailed(true),
                ADDED.withFailure(new VmFailure(NOW, SELF, "it fell over")));
    }

    private static List<LocalGuest> guests() {
        List<LocalGuest> guests = new ArrayList<>();
        for (boolean startable : new boolean[] {true, false}) {
            LocalGuest guest = LocalGuest.UNKNOWN.withStartable(startable);
            guests.add(guest);
            for (GuestState state : GuestState.values()) {
                guests.add(guest.seenAs(Optional.of(state)));
                guests.add(guest.seenAs(Optional.of(state)).withSeen(new LocalGuest.Attempt(OPERATION, 1)));
            }
        }
        return guests;
    }

    @Test
    void aGuestThatIsFoundNotRunningIsCountedAsAFailureBeforeItIsStartedAgain() {
        VmRecord record = record(phase("placed"));
        Duty.Store failure = (Duty.Store) next(record, guest(GuestState.OFF)).orElseThrow();

        assertThat(failure.next().failures()).containsExactly(new VmFailure(NOW, SELF, "was found not running", 3));
        assertThat(failure.next().phase()).isEqualTo(record.phase());
        assertThat(failure.next().failed()).isFalse();
        assertThat(next(failure.next(), guest(GuestState.OFF).withStartable(true)))
                .contains(new Duty.Start());
    }

    @Test
    void afterTooManyFailuresWithinAnHourItIsGivenBackForAnotherNode() {
        VmRecord record = record(phase("placed"));
        for (int i = 1; i <= 3; i++) {
            record = DUTIES.failed(record, "no disk", NOW.plus(Duration.ofMinutes(15L * i)))
                    .next();
            assertThat(record.failed()).isFalse();
            assertThat(record.phase()).isInstanceOf(Phase.Placed.class);
        }
        Duty.Store last = DUTIES.failed(record, "no disk", NOW.plus(Duration.ofMinutes(60)));

        assertThat(last.next().failed()).isFalse();
        assertThat(last.next().phase()).isEqualTo(new Phase.Stopped(Optional.of(SELF)));
        assertThat(last.next().failures()).hasSize(4);
        assertThat(last.why()).isEqualTo("is given back: no disk; failed 4 times on hv1");
        assertThat(next(last.next(), guest(GuestState.OFF))).isEmpty();
    }

    @Test
    void failuresOfAnEarlierStayDoNotCountAgainstTheNextTry() {
        VmRecord record = record(phase("placed"));
        for (int i = 0; i < 4; i++) {
            record = DUTIES.failed(record, "no disk", NOW.plusSeconds(i)).next();
        }
        VmRecord again = record.assignedTo(SELF).claimedBy(SELF, INCARNATION);

        assertThat(DUTIES.failed(again, "no disk", NOW.plusSeconds(9)).next().phase())
                .isInstanceOf(Phase.Placed.class);
    }

    @Test
    void theWindowInWhichFailuresCountIsTheClusters() {
        FailoverPolicy policy = ClusterSettings.DEFAULTS.failover();
        ClusterSettings minute = ClusterSettings.DEFAULTS.withFailover(new FailoverPolicy(
                true,
                Optional.empty(),
                "",
                policy.failback(),
                policy.shutdownPolicy(),
                policy.suspectAfter(),
                policy.startsPerNode(),
                Duration.ofMinutes(1),
                policy.quarantineAfter(),
                policy.quarantineWindow(),
                policy.quarantineDuration()));
        VmRecord record = record(phase("placed"));
        for (int i = 0; i < 12; i++) {
            record = DUTIES.failed(record, "no disk", minute, NOW.plusSeconds(20L * i))
                    .next();
            assertThat(record.phase()).isInstanceOf(Phase.Placed.class);
        }
    }

    @Test
    void nothingIsStartedAgainUnaskedInADisarmedCluster() {
        ClusterSettings disarmed = ClusterSettings.DEFAULTS.withFailover(
                ClusterSettings.DEFAULTS.failover().disarmed(Optional.empty(), "network work"));
        VmRecord record = record(phase("placed"));

        assertThat(DUTIES.next(record, guest(GuestState.OFF), disarmed, NOW)).isEmpty();
        assertThat(DUTIES.next(record, guest(GuestState.OFF).withStartable(true), disarmed, NOW))
                .contains(new Duty.Start());
    }

    @Test
    void aVmThatGoesOffAtLastAfterItCouldNotBeStoppedIsNotFailedAnyMore() {
        VmRecord record = record(ADDED.withDesired(DesiredState.OFF).withFailed(true), phase("placed"));
        Duty.Store end = (Duty.Store) next(record, guest(GuestState.OFF)).orElseThrow();

        assertThat(end.next().failed()).isFalse();
        assertThat(end.next().phase()).isInstanceOf(Phase.Stopped.class);
    }

    @Test
    void failuresOfMoreThanAnHourAgoDoNotCount() {
        VmRecord record = record(phase("placed"));
        for (int i = 0; i < 12; i++) {
            record = DUTIES.failed(record, "no disk", NOW.plus(Duration.ofMinutes(20L * i)))
                    .next();
            assertThat(record.phase()).isInstanceOf(Phase.Placed.class);
        }
        assertThat(record.failures()).hasSize(12);
    }

    @Test
    void aVmThatMayNotBeRestartedIsGivenBackAtItsFirstFailure() {
        VmRecord record = withRestarts(0);

        assertThat(DUTIES.failed(record, "no disk", NOW).next().phase()).isInstanceOf(Phase.Stopped.class);
    }

    @Test
    void evenAnEndlessLimitEndsAFailureLoop() {
        VmRecord record = withRestarts(1000);
        for (int i = 0; i < VmRecord.FAILURES_KEPT; i++) {
            assertThat(record.phase()).isInstanceOf(Phase.Placed.class);
            record = DUTIES.failed(record, "no disk", NOW.plusSeconds(i)).next();
        }
        assertThat(record.phase()).isInstanceOf(Phase.Stopped.class);
    }

    private static VmRecord withRestarts(int most) {
        VmSpec spec = ADDED.spec();
        VmSpec limited = new VmSpec(
                spec.id(),
                spec.memory(),
                1,
                List.of(),
                List.of(),
                spec.priority(),
                List.of(),
                List.of(),
                true,
                spec.failback(),
                most,
                spec.maxRelocates(),
                "",
                "");
        return record(VmRecord.added(limited, DesiredState.RUNNING), phase("placed"));
    }

    @Test
    void aStartThatMustWaitIsNotTriedBefore() {
        LocalGuest guest = guest(GuestState.OFF).withStartable(true).withNotBefore(NOW.plusSeconds(2));
        VmRecord record = record(phase("placed"));

        assertThat(next(record, guest)).isEmpty();
        assertThat(DUTIES.next(record, guest, ClusterSettings.DEFAULTS, NOW.plusSeconds(2)))
                .contains(new Duty.Start());
    }

    @Test
    void anAttemptIsSentOnce() {
        VmRecord record = record(phase("leaving"));
        LocalGuest fresh = guest(GuestState.RUNNING);
        Phase.Migrating migration = (Phase.Migrating) record.phase();

        assertThat(next(record, fresh)).contains(new Duty.Send(migration));
        assertThat(next(record, fresh.withSeen(new LocalGuest.Attempt(OPERATION, 1))))
                .contains(new Duty.Recover());
    }

    @Test
    void theNextAttemptAndAnotherOperationAreSentAnew() {
        VmRecord record = record(phase("leaving"));
        LocalGuest running = guest(GuestState.RUNNING);

        assertThat(name(next(record, running.withSeen(new LocalGuest.Attempt(OPERATION, 2)))))
                .isEqualTo("Send");
        assertThat(name(next(record, running.withSeen(new LocalGuest.Attempt(new OperationId("1-2"), 1)))))
                .isEqualTo("Send");
    }

    @Test
    void aCopyThatIsTurnedOffSaysToWhomTheRecordGivesTheVm() {
        assertThat(next(record(phase("placed elsewhere")), guest(GuestState.RUNNING)))
                .contains(new Duty.TurnOffCopy("the record places it on [hv2]"));
        assertThat(next(record(phase("moving elsewhere")), guest(GuestState.PAUSED)))
                .contains(new Duty.TurnOffCopy("the record places it on [hv2, hv3]"));
    }

    @Test
    void whatRunsThoughItsVmIsOffIsTurnedOffIfAStartOfItMayHaveComeThroughLate() {
        VmRecord stopped =
                record(phase("stopped")).withDesired(DesiredState.OFF).stopped(SELF);
        LocalGuest running = guest(GuestState.RUNNING);
        LocalGuest late = running.withLateStart(NOW.plusSeconds(60));

        assertThat(next(stopped, running)).as("a person may have started it").isEmpty();
        assertThat(name(next(stopped, late))).isEqualTo("TurnOffCopy");
        assertThat(DUTIES.next(stopped, late, ClusterSettings.DEFAULTS, NOW.plusSeconds(60)))
                .as("much later that is no explanation")
                .isEmpty();
    }

    /** Of a VM that was stopped to be started elsewhere: as long as it executes here, nobody else may have it. */
    @Test
    void soItIsIfItsVmIsToRunElsewhere() {
        VmRecord stopped =
                record(phase("stopped")).withDesired(DesiredState.RUNNING).stopped(SELF);
        LocalGuest running = guest(GuestState.RUNNING);

        assertThat(next(stopped, running)).isEmpty();
        assertThat(name(next(stopped, running.withLateStart(NOW.plusSeconds(60)))))
                .isEqualTo("TurnOffCopy");
    }

    @Test
    void theSameQuestionHasTheSameAnswer() {
        for (LocalGuest guest : guests()) {
            VmRecord record = record(phase("placed"));
            assertThat(next(record, guest)).isEqualTo(next(record, guest));
        }
    }
}
