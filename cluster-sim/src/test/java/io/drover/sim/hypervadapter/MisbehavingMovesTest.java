package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.SendRecord;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.hypervisor.hyperv.HypervProblem;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.storage.Tick;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Moves between hosts that lie about them, lose answers, or start their service anew: the right outcome or the right
 * recovery, with the VM executing once in the end, by its own word.
 */
@Execution(ExecutionMode.CONCURRENT)
class MisbehavingMovesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final SendOptions USUAL = new SendOptions(0, Duration.ofMillis(30), Duration.ofSeconds(50));

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession session;
    private Hypervisor source;
    private Hypervisor target;
    private boolean isDoubleExpected;

    @BeforeEach
    void start() throws IOException {
        site = new TwoHosts(folder, EmulatedHostsSettings.usual(folder).of(3, 0).faster(10));
        site.hosts.network(8, 0);
        session = site.session("HV1");
        source = TwoHosts.over(session, "HV1");
        target = site.two;
        site.runningVmIn(EmulatedHosts.SHARE + "\\web");
        await("that it executes").atMost(SOON).until(() -> site.ticks() > 0);
    }

    @AfterEach
    void nothingExecutedTwice() {
        source.close();
        site.close();
        if (!isDoubleExpected) {
            assertThat(site.hosts.truth().doubles()).isEmpty();
        }
    }

    private LiveMigration.Incoming receive() {
        return target.migration().receive(spec());
    }

    private SendRecord send(LiveMigration.Incoming incoming) {
        SendRecord told = new SendRecord();
        source.migration().send(VM, incoming.endpoint(), USUAL, told);
        return told;
    }

    /** A move that is under way. */
    private LiveMigration.Outgoing moving(LiveMigration.Incoming incoming, SendRecord told) {
        LiveMigration.Outgoing outgoing = source.migration().send(VM, incoming.endpoint(), USUAL, told);
        awaitMoving(told);
        return outgoing;
    }

    private static void awaitMoving(SendRecord told) {
        await("that it moves").atMost(SOON).until(() -> told.steps().size() > 1);
    }

    /** It goes on there and nowhere else, and was never started anew. */
    private void executesOnlyOn(String host) {
        executesOnlyOn(host, 0);
    }

    private void executesOnlyOn(String host, long restarts) {
        Tick last = lastTick();
        await("that it goes on at " + host)
                .atMost(SOON)
                .until(() -> lastTick().at().isAfter(last.at().plusSeconds(1))
                        && ticksAfter(last).stream()
                                .allMatch(tick -> tick.host().equals(host)));
        assertThat(site.hosts.truth().restarts(GUID)).isEqualTo(restarts);
    }

    private List<Tick> ticksAfter(Tick mark) {
        return site.hosts.truth().ticks(GUID).stream()
                .filter(tick -> tick.at().isAfter(mark.at()))
                .toList();
    }

    private Tick lastTick() {
        List<Tick> all = site.hosts.truth().ticks(GUID);
        return all.get(all.size() - 1);
    }

    private static HypervisorException refused(Kind kind, Runnable call) {
        HypervisorException[] seen = new HypervisorException[1];
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call::run)
                .satisfies(failure -> {
                    assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind);
                    assertThat(failure.remedy()).isNotBlank();
                    seen[0] = failure;
                });
        return seen[0];
    }

    // ---- hosts that lie

    @Test
    void moveThatEndsOnBothHostsIsNoSuccessAndTheCopyCanBeTurnedOff() throws Exception {
        isDoubleExpected = true; // The hosts' own doing, which no caller can keep them from.
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_ENDS_ON_BOTH, true);
        LiveMigration.Incoming incoming = receive();
        SendRecord.Outcome outcome = send(incoming).await();

        assertThat(outcome.kind()).isEqualTo("unclear");
        assertThat(outcome.reason()).contains("still here");
        assertThat(state(source)).contains(GuestState.RUNNING);
        assertThat(state(target)).contains(GuestState.RUNNING);
        refused(Kind.REFUSED, incoming::discard);

        target.stop(VM, Duration.ZERO);
        incoming.discard();
        assertThat(state(target)).contains(GuestState.OFF);
        executesOnlyOn("HV1");
    }

    @Test
    void moveThatEndsOnNeitherHostIsMissedByTheTargetAndTheVmIsStartedFromItsFiles() throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_ENDS_ON_NEITHER, true);
        LiveMigration.Incoming incoming = receive();
        // The source cannot know better; it is the target that finds out.
        assertThat(send(incoming).await().kind()).isEqualTo("departed");
        assertThat(refused(Kind.NO_SUCH_GUEST, incoming::resume)).hasMessageContaining("has not arrived");
        incoming.discard();
        assertThat(state(source)).isEmpty();
        assertThat(state(target)).isEmpty();

        source.start(spec());
        assertThat(state(source)).contains(GuestState.RUNNING);
        executesOnlyOn("HV1", 1);
    }

    @Test
    void moveThatCannotBeCancelledGoesOnAndItsEndIsTold() throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.NOT_CANCELLABLE, true);
        LiveMigration.Incoming incoming = receive();
        SendRecord told = new SendRecord();
        LiveMigration.Outgoing outgoing = moving(incoming, told);
        outgoing.cancel();

        assertThat(told.await().kind()).isEqualTo("departed");
        assertThat(told.outcomesTold()).isEqualTo(1);
        incoming.resume();
        executesOnlyOn("HV2");
    }

    @Test
    void moveThatSucceedsWithAnErrorIsJudgedByWhereTheVmIs() throws Exception {
        LiveMigration.Incoming incoming = receive();
        session.around(
                "MigrateVirtualSystemToHost",
                () -> site.hosts.misbehave("HV1", Misbehaviour.JOB_ERROR_CODE_WITH_SUCCESS, true),
                () -> {});

        SendRecord.Outcome outcome = send(incoming).await();

        assertThat(outcome.kind()).isEqualTo("unclear");
        assertThat(outcome.reason()).endsWith("it is not here any more");
        incoming.resume();
        executesOnlyOn("HV2");
    }

    @Test
    void moveThatDoesNotEndInAnOrderlyWayIsKilled() throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_HANGS, true);
        site.hosts.misbehave("HV1", Misbehaviour.TERMINATE_IGNORED, true);
        LiveMigration.Incoming incoming = receive();
        SendRecord told = new SendRecord();
        LiveMigration.Outgoing outgoing = moving(incoming, told);
        outgoing.cancel();

        assertThat(told.await().kind()).isEqualTo("cancelled");
        incoming.discard();
        assertThat(state(source)).contains(GuestState.RUNNING);
        executesOnlyOn("HV1");
    }

    @Test
    void cancellationThatTheHostDoesNotTakeNowIsAskedForAgain() throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_HANGS, true);
        LiveMigration.Incoming incoming = receive();
        SendRecord told = new SendRecord();
        LiveMigration.Outgoing outgoing = moving(incoming, told);
        site.during(session, "HV1", Misbehaviour.UNAUTHORIZED, "RequestStateChange");
        outgoing.cancel();

        assertThat(told.await().kind()).isEqualTo("cancelled");
        assertThat(session.calls("RequestStateChange")).isEqualTo(2);
        incoming.discard();
        executesOnlyOn("HV1");
    }

    @Test
    void pauseDuringAMoveThatCannotBeCancelledSaysThatTheVmHasLeft() {
        site.hosts.misbehave("HV1", Misbehaviour.NOT_CANCELLABLE, true);
        LiveMigration.Incoming incoming = receive();
        awaitMoving(send(incoming));
        refused(Kind.NO_SUCH_GUEST, () -> source.control(VM, GuestControl.PAUSE));
        incoming.resume();
        executesOnlyOn("HV2");
    }

    @Test
    void vmThatLeavesWhileItIsTurnedOffCountsAsOffHere() throws Exception {
        LiveMigration.Incoming incoming = receive();
        SendRecord told = send(incoming);
        awaitMoving(told);
        session.around(
                "RequestStateChange",
                () -> await("that it has left")
                        .atMost(SOON)
                        .until(() -> site.hosts.host("HV1").vm(GUID).isEmpty()),
                () -> {});
        source.stop(VM, Duration.ZERO);
        assertThat(told.await().kind()).isEqualTo("departed");
        assertThat(state(source)).isEmpty();
        executesOnlyOn("HV2");
    }

    // ---- answers that do not come

    @ParameterizedTest
    @EnumSource(names = {"ANSWERS_LOST", "SLOW_PROVIDER", "ENVELOPE_TOO_LARGE"})
    void moveWhoseBeginningIsNotAnsweredIsFoundAndNotBegunAgain(Misbehaviour misbehaviour) throws Exception {
        site.hosts.network(2, 0); // Longer than the slowest answer.
        site.during(session, "HV1", misbehaviour, "MigrateVirtualSystemToHost");
        LiveMigration.Incoming incoming = receive();
        SendRecord told = send(incoming);

        assertThat(told.await().kind()).isEqualTo("departed");
        assertThat(told.steps()).as("it was followed").hasSizeGreaterThan(2);
        assertThat(session.calls("MigrateVirtualSystemToHost")).isEqualTo(1);
        incoming.resume();
        executesOnlyOn("HV2");
    }

    @Test
    void moveThatIsOverBeforeItsBeginningIsAnsweredIsJudgedByTheVm() throws Exception {
        site.hosts.network(1000, 0);
        site.during(session, "HV1", Misbehaviour.SLOW_PROVIDER, "MigrateVirtualSystemToHost");
        SendRecord.Outcome outcome = send(receive()).await();

        assertThat(outcome.kind()).isEqualTo("unclear");
        assertThat(outcome.reason()).contains("it is not here any more");
        assertThat(session.calls("MigrateVirtualSystemToHost")).isEqualTo(1);
        executesOnlyOn("HV2");
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAUTHORIZED", "CONNECTIONS_RESET", "ANSWERS_LOST", "ENVELOPE_TOO_LARGE"})
    void stormInTheMiddleOfAMovePasses(Misbehaviour storm) throws Exception {
        LiveMigration.Incoming incoming = receive();
        SendRecord told = send(incoming);
        awaitMoving(told);
        int before = session.failures();
        site.hosts.misbehave("HV1", storm, true);
        await("that calls fail").atMost(SOON).until(() -> session.failures() > before + 3);
        site.hosts.misbehave("HV1", storm, false);

        assertThat(told.await().kind()).isEqualTo("departed");
        executesOnlyOn("HV2");
    }

    // ---- services that start anew

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restartOfTheSourcesServiceEndsTheMoveAndTheVmStays(boolean isPlannedVmLeft) throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.PLANNED_VM_LEFT_BEHIND, isPlannedVmLeft);
        site.hosts.network(2, 0);
        LiveMigration.Incoming incoming = receive();
        SendRecord told = send(incoming);
        awaitMoving(told);
        site.hosts.restartService("HV1");

        SendRecord.Outcome outcome = told.await();
        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(outcome.reason()).contains("does not know the move any more");
        assertThat(site.hosts.host("HV2").planned(GUID).isPresent()).isEqualTo(isPlannedVmLeft);
        incoming.discard();
        assertThat(site.hosts.host("HV2").planned(GUID)).isEmpty();
        executesOnlyOn("HV1");

        site.hosts.network(1000, 0);
        assertThat(send(receive()).await().kind()).as("the next attempt").isEqualTo("departed");
        executesOnlyOn("HV2");
    }

    @Test
    void restartOfTheTargetsServiceIsSurvived() throws Exception {
        site.hosts.network(2, 0);
        LiveMigration.Incoming incoming = receive();
        SendRecord told = send(incoming);
        awaitMoving(told);
        site.hosts.restartService("HV2");
        assertThat(told.await().kind()).isEqualTo("departed");
        incoming.resume();
        executesOnlyOn("HV2");
    }

    // ---- limits

    @Test
    void moveBeyondTheLimitIsRefusedByTheTargetBeforeItBegins() throws Exception {
        site.hosts.network(2, 0);
        for (String name : List.of("first", "second")) {
            VmId vm = new VmId(name);
            String guid = java.util
                    .UUID
                    .nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .toString()
                    .toUpperCase(Locale.ROOT);
            Emulated.create(site.hosts, "HV1", vm, TwoHosts.MEMORY_MIB, guid);
            source.start(Emulated.spec(vm, TwoHosts.MEMORY_MIB << 20, guid));
            LiveMigration.Incoming incoming =
                    target.migration().receive(Emulated.spec(vm, TwoHosts.MEMORY_MIB << 20, guid));
            SendRecord told = new SendRecord();
            source.migration().send(vm, incoming.endpoint(), USUAL, told);
            awaitMoving(told);
        }
        HypervisorException refusal = refused(Kind.REFUSED, this::receive);
        assertThat(refusal).hasMessageContaining(HypervProblem.BUSY_RETRY.cause());
        assertThat(refusal.remedy()).isEqualTo(HypervProblem.BUSY_RETRY.remedy());
        executesOnlyOn("HV1");
    }

    @Test
    void storageThatIsOutOfReachKeepsTheVmWhereItIs() throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.STORAGE_GONE, true);
        SendRecord.Outcome outcome = send(receive()).await();
        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(outcome.reason()).contains(HypervProblem.STORAGE.cause(), HypervProblem.STORAGE.remedy());
        executesOnlyOn("HV1");
    }

    // ---- what is left behind

    @Test
    void plannedVmOfAVmWithoutAnIdentifierIsRemovedByItsName() throws Exception {
        site.hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, true);
        site.hosts.misbehave("HV1", Misbehaviour.PLANNED_VM_LEFT_BEHIND, true);
        LiveMigration.Incoming incoming = target.migration().receive(Emulated.spec(VM, TwoHosts.MEMORY_MIB << 20, ""));
        assertThat(send(incoming).await().kind()).isEqualTo("stayed");
        assertThat(site.hosts.host("HV2").planned(GUID)).isPresent();

        incoming.discard();
        assertThat(site.hosts.host("HV2").planned(GUID)).isEmpty();
        executesOnlyOn("HV1");
    }

    // ---- agents that start anew

    @Test
    void moveOfAnEarlierAgentIsFoundAndEndsByItself() throws Exception {
        site.hosts.network(3, 0);
        LiveMigration.Incoming incoming = receive();
        SendRecord told = send(incoming);
        awaitMoving(told);
        source.close();
        assertThat(told.await().kind()).isEqualTo("unclear");

        source = site.one;
        assertThat(source.guests())
                .singleElement()
                .satisfies(guest -> assertThat(guest.sending()).isTrue());
        refused(Kind.REFUSED, () -> send(incoming));
        await("that it has left").atMost(SOON).until(() -> state(source).isEmpty());
        incoming.resume();
        assertThat(state(target)).contains(GuestState.RUNNING);
        executesOnlyOn("HV2");
    }

    @Test
    void moveOfAnEarlierAgentCanBeEnded() {
        site.hosts.network(1, 0);
        LiveMigration.Incoming incoming = receive();
        awaitMoving(send(incoming));
        source.close();

        source = site.one;
        source.migration().abandonSending(VM);
        assertThat(source.guests())
                .singleElement()
                .satisfies(guest -> assertThat(guest.sending()).isFalse());
        incoming.discard();
        assertThat(state(target)).isEmpty();
        executesOnlyOn("HV1");
    }

    @Test
    void moveOfAnEarlierAgentThatCannotBeEndedIsWaitedFor() {
        site.hosts.misbehave("HV1", Misbehaviour.NOT_CANCELLABLE, true);
        LiveMigration.Incoming incoming = receive();
        awaitMoving(send(incoming));
        source.close();

        source = site.one;
        source.migration().abandonSending(VM);
        assertThat(state(source)).isEmpty();
        incoming.resume();
        executesOnlyOn("HV2");
    }

    @Test
    void moveThatSomebodyElseBeganToAnotherHostIsNotTakenForOurs() throws Exception {
        site.hosts.network(3, 0);
        HookedSession late = site.session("HV1");
        try (HypervHypervisor other = TwoHosts.over(late, "HV1");
                HypervHypervisor third = HypervHypervisor.of(Emulated.config(site.hosts, "HV3", folder))) {
            SendRecord elsewhere = new SendRecord();
            String toThird = third.migration().receive(spec()).endpoint();
            // It begins just after the VM has been looked at and found at rest.
            late.around("GetSummaryInformation", () -> {}, () -> {
                source.migration().send(VM, toThird, USUAL, elsewhere);
                awaitMoving(elsewhere);
            });
            SendRecord told = new SendRecord();
            other.migration().send(VM, receive().endpoint(), USUAL, told);

            assertThat(told.await().kind()).isEqualTo("unclear");
            assertThat(told.await().reason()).contains("its host goes on sending it");
            assertThat(elsewhere.await().kind()).isEqualTo("departed");
            executesOnlyOn("HV3");
        }
    }
}
