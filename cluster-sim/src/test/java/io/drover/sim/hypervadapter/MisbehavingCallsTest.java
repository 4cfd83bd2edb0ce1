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
import io.drover.hypervisor.hyperv.HypervProblem;
import io.drover.model.GuestState;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.InstanceText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes of a host that lets its caller down when a VM is started, stopped, registered, or looked at. */
@Execution(ExecutionMode.CONCURRENT)
class MisbehavingCallsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofSeconds(10);
    private static final String PLACE = EmulatedHosts.SHARE + "\\web";

    @TempDir
    Path folder;

    private TwoHosts site;
    private HookedSession session;
    private Hypervisor host;

    @BeforeEach
    void start() throws IOException {
        site = TwoHosts.fast(folder);
        session = site.session("HV1");
        host = TwoHosts.over(session, "HV1");
    }

    @AfterEach
    void nothingExecutedTwice() {
        host.close();
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
    }

    private static void failsAs(HypervProblem problem, Runnable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call::run)
                .withMessageContaining(problem.cause())
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(problem.kind());
                    assertThat(failure.remedy()).isEqualTo(problem.remedy());
                });
    }

    private static void fails(Kind kind, Runnable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call::run)
                .satisfies(failure -> {
                    assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind);
                    assertThat(failure.remedy()).isNotBlank();
                });
    }

    private void running() {
        site.runningVmIn(PLACE);
        await("that it executes").atMost(SOON).until(() -> site.ticks() > 0);
    }

    /** Its files are left by a host that has lost its power. */
    private void orphan(String switchName) {
        site.hosts
                .host("HV2")
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        GUID, VM.value(), TwoHosts.MEMORY_MIB, 1, PLACE, switchName, true));
        site.hosts.powerOff("HV2");
    }

    private void startsAndExecutes(Hypervisor where) {
        where.start(spec());
        assertThat(state(where)).contains(GuestState.RUNNING);
        long before = site.ticks();
        await("that it executes").atMost(SOON).until(() -> site.ticks() > before);
        assertThat(site.hosts.host("HV1").planned(GUID)).isEmpty();
    }

    // ---- changes of state

    @Test
    void startThatSomebodyElseWasQuickerWithIsNoFailure() {
        var vm = site.vmIn(PLACE);
        session.around("RequestStateChange", () -> site.hosts.host("HV1").startNow(vm), () -> {});
        startsAndExecutes(host);
        assertThat(site.hosts.truth().restarts(GUID)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_PROVIDER", "ENVELOPE_TOO_LARGE", "ANSWERS_LOST"})
    void changeThatIsMadeAndNotAnsweredIsSeenAndNotAskedForAgain(Misbehaviour misbehaviour) {
        running();
        site.during(session, "HV1", misbehaviour, "RequestStateChange");
        host.control(VM, GuestControl.PAUSE);
        assertThat(state(host)).contains(GuestState.PAUSED);
        assertThat(session.calls("RequestStateChange")).isEqualTo(1);
    }

    @Test
    void changeThatTheHostBeginsOnlyAfterItsAnswerWasLostIsWaitedFor() {
        running();
        Executor later = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
        List<CompletableFuture<Void>> changes = new ArrayList<>();
        session.around(
                "RequestStateChange",
                () -> {
                    changes.add(CompletableFuture.runAsync(
                            () -> {
                                try (Hypervisor same = TwoHosts.over(site.session("HV1"), "HV1")) {
                                    same.control(VM, GuestControl.PAUSE);
                                }
                            },
                            later));
                    throw CimException.of(CimException.Kind.TRANSPORT, "the connection broke")
                            .outcomeUnknown(true)
                            .build();
                },
                () -> {});
        host.control(VM, GuestControl.PAUSE);
        assertThat(state(host)).contains(GuestState.PAUSED);
        assertThat(session.calls("RequestStateChange")).isEqualTo(1);
        // It looks for its effect too, and would find the host gone.
        changes.forEach(CompletableFuture::join);
    }

    @Test
    void stateWithoutANumberMayExecuteAndIsNotStartedAgain() {
        running();
        site.hosts.misbehave("HV1", Misbehaviour.OTHER_STATE, true);
        assertThat(state(host)).contains(GuestState.RUNNING);
        host.start(spec());
        assertThat(session.calls("RequestStateChange")).isZero();
        failsAs(HypervProblem.INVALID_STATE, () -> host.control(VM, GuestControl.PAUSE));
        fails(Kind.REFUSED, () -> host.forget(VM));
    }

    @Test
    void storageThatIsOutOfReachIsToldAndLeavesOnlyTheEnd() {
        running();
        site.hosts.misbehave("HV1", Misbehaviour.STORAGE_GONE, true);
        assertThat(host.guests()).singleElement().satisfies(guest -> {
            assertThat(guest.state()).isEqualTo(GuestState.RUNNING);
            assertThat(guest.message()).contains("storage cannot be reached");
        });
        failsAs(HypervProblem.STORAGE, () -> host.control(VM, GuestControl.PAUSE));
        host.stop(VM, Duration.ZERO);
        assertThat(state(host)).contains(GuestState.OFF);
        failsAs(HypervProblem.STORAGE, () -> host.start(spec()));

        site.hosts.misbehave("HV1", Misbehaviour.STORAGE_GONE, false);
        startsAndExecutes(host);
    }

    @Test
    void guestThatHasStoppedBeatingIsToldAndCountsAsRunning() {
        running();
        site.hosts.misbehave("HV1", Misbehaviour.HEARTBEAT_LOST, true);
        assertThat(host.guests()).singleElement().satisfies(guest -> {
            assertThat(guest.state()).isEqualTo(GuestState.RUNNING);
            assertThat(guest.message()).contains("stopped beating");
        });
    }

    // ---- settings that are not kept

    @Test
    void startActionThatIsAcceptedAndNotKeptKeepsTheVmFromBeingStarted() {
        site.vmIn(PLACE);
        CimInvocation always = CimInvocation.of(
                        CimNamespace.VIRTUALIZATION
                                .cimClass("Msvm_VirtualSystemManagementService")
                                .singleton(),
                        "ModifySystemSettings")
                .instance(
                        "SystemSettings",
                        InstanceText.of("Msvm_VirtualSystemSettingData")
                                .uint16("AutomaticStartupAction", 4)
                                .string("InstanceID", "Microsoft:" + GUID)
                                .build())
                .build();
        assertThat(session.invoke(always, CALL).returnValue()).isZero();
        site.hosts.misbehave("HV1", Misbehaviour.ACCEPT_AND_IGNORE_WRITES, true);
        failsAs(HypervProblem.NOT_KEPT, () -> host.start(spec()));
        assertThat(state(host)).contains(GuestState.OFF);

        site.hosts.misbehave("HV1", Misbehaviour.ACCEPT_AND_IGNORE_WRITES, false);
        startsAndExecutes(host);
    }

    @Test
    void connectionToASwitchThatIsAcceptedAndNotKeptKeepsTheVmFromBeingRegistered() {
        orphan("Elsewhere");
        Hypervisor mapped = TwoHosts.over(session, "HV1", Map.of("Elsewhere", EmulatedHosts.SWITCH));
        failsAs(HypervProblem.INCOMPATIBLE_SWITCH, () -> host.start(spec()));
        site.hosts.misbehave("HV1", Misbehaviour.ACCEPT_AND_IGNORE_WRITES, true);
        failsAs(HypervProblem.NOT_KEPT, () -> mapped.start(spec()));
        assertThat(site.hosts.host("HV1").planned(GUID)).isEmpty();

        site.hosts.misbehave("HV1", Misbehaviour.ACCEPT_AND_IGNORE_WRITES, false);
        startsAndExecutes(mapped);
    }

    // ---- registering

    @Test
    void filesThatAreInUseKeepTheVmFromBeingStarted() {
        orphan(EmulatedHosts.SWITCH);
        site.hosts.misbehave("HV1", Misbehaviour.FILE_IN_USE, true);
        failsAs(HypervProblem.STORAGE_LOCKED, () -> host.start(spec()));
        assertThat(state(host)).isEmpty();
        assertThat(site.has("HV1", PLACE + "\\Virtual Machines\\" + GUID + ".vmcx"))
                .isTrue();

        site.hosts.misbehave("HV1", Misbehaviour.FILE_IN_USE, false);
        startsAndExecutes(host);
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_PROVIDER", "ENVELOPE_TOO_LARGE", "ANSWERS_LOST"})
    void realisationThatIsNotAnsweredIsWaitedForAndNeverUndone(Misbehaviour misbehaviour) {
        orphan(EmulatedHosts.SWITCH);
        site.during(session, "HV1", misbehaviour, "RealizePlannedSystem");
        startsAndExecutes(host);
        assertThat(session.calls("RealizePlannedSystem")).isEqualTo(1);
        assertThat(session.calls("DestroySystem")).isZero();
        assertThat(site.has("HV1", PLACE + "\\Virtual Machines\\" + GUID + ".vmcx"))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"SLOW_PROVIDER", "ENVELOPE_TOO_LARGE", "ANSWERS_LOST"})
    void importThatIsNotAnsweredFailsAndIsNoObstacleToTheNext(Misbehaviour misbehaviour) {
        orphan(EmulatedHosts.SWITCH);
        site.during(session, "HV1", misbehaviour, "ImportSystemDefinition");
        assertThatExceptionOfType(HypervisorException.class).isThrownBy(() -> host.start(spec()));
        assertThat(session.calls("ImportSystemDefinition")).isEqualTo(1);
        startsAndExecutes(host);
    }

    @Test
    void guestThatSomebodyHasLockedIsShutDownByForceAndNotTurnedOff() {
        running();
        site.hosts.misbehave("HV1", Misbehaviour.GUESTS_LOCKED, true);
        int before = session.calls("RequestStateChange");

        host.stop(VM, Duration.ofSeconds(20));

        assertThat(state(host)).contains(GuestState.OFF);
        assertThat(session.calls("InitiateShutdown")).isGreaterThan(1);
        assertThat(session.calls("RequestStateChange")).isEqualTo(before);
    }

    // ---- looking

    @Test
    void stormOfRefusedCredentialsPasses() {
        running();
        site.hosts.misbehave("HV1", Misbehaviour.UNAUTHORIZED, true);
        for (int i = 0; i < 20; i++) {
            fails(Kind.FAILED, host::guests);
        }
        site.hosts.misbehave("HV1", Misbehaviour.UNAUTHORIZED, false);
        assertThat(state(host)).contains(GuestState.RUNNING);
    }

    @Test
    void hostThatIsTooSlowIsToldAsThat() {
        running();
        site.hosts.misbehave("HV1", Misbehaviour.SLOW_PROVIDER, true);
        fails(Kind.TIMEOUT, host::guests);
        site.hosts.misbehave("HV1", Misbehaviour.SLOW_PROVIDER, false);
        assertThat(state(host)).contains(GuestState.RUNNING);
    }

    @Test
    void answersThatAreTooLargeAreToldWithTheSettingThatLimitsThem() {
        running();
        site.hosts.misbehave("HV1", Misbehaviour.ENVELOPE_TOO_LARGE, true);
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(host::guests)
                .satisfies(failure -> assertThat(failure.remedy()).contains("MaxEnvelopeSizekb"));
        site.hosts.misbehave("HV1", Misbehaviour.ENVELOPE_TOO_LARGE, false);
        assertThat(state(host)).contains(GuestState.RUNNING);
    }
}
