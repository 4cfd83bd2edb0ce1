package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.SendRecord;
import io.drover.hypervisor.hyperv.HypervHypervisor;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What comes of a host that lets its caller down, by the adapter's word and by what the guests wrote: the right failure or
 * the right recovery, and no VM executes twice.
 */
@Execution(ExecutionMode.CONCURRENT)
class MisbehavingHostTest {
    private static final VmId VM = new VmId("vm1");
    private static final long MEMORY_MIB = 64;
    private static final String GUID = "B7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final SendOptions USUAL = new SendOptions(0, Duration.ofMillis(30), Duration.ofSeconds(50));
    private static final SendOptions HURRIED = new SendOptions(0, Duration.ofMillis(30), Duration.ofMillis(500));

    @TempDir
    Path folder;

    private EmulatedHosts hosts;
    private Hypervisor source;
    private Hypervisor target;

    @BeforeEach
    void startHosts() throws IOException {
        hosts = EmulatedHosts.start(EmulatedHostsSettings.usual(folder).of(2, 0).faster(4));
        hosts.network(50, 0);
        Emulated.create(hosts, "HV1", VM, MEMORY_MIB, GUID);
        source = HypervHypervisor.of(Emulated.config(hosts, "HV1", folder));
        target = HypervHypervisor.of(Emulated.config(hosts, "HV2", folder));
        source.start(vm());
        await("that it has booted")
                .atMost(SOON)
                .until(() -> !hosts.truth().ticks(GUID).isEmpty());
    }

    @AfterEach
    void nothingExecutedTwice() {
        source.close();
        target.close();
        hosts.close();
        assertThat(hosts.truth().doubles()).isEmpty();
    }

    private static VmSpec vm() {
        return Emulated.spec(VM, MEMORY_MIB << 20, GUID);
    }

    private static Optional<GuestState> state(Hypervisor host) {
        return host.guests().stream()
                .filter(guest -> guest.vm().equals(VM))
                .map(GuestStatus::state)
                .findFirst();
    }

    /** Sends it from the first host to the second, and says how that ended. */
    private SendRecord.Outcome send(SendOptions options) throws Exception {
        LiveMigration.Incoming incoming = target.migration().receive(vm());
        SendRecord told = new SendRecord();
        source.migration().send(VM, incoming.endpoint(), options, told);
        SendRecord.Outcome outcome = told.await();
        assertThat(told.outcomesTold()).isEqualTo(1);
        if (outcome.kind().equals("stayed")) {
            // As the target does when the source tells it so.
            incoming.discard();
        }
        return outcome;
    }

    private void executesOn(Hypervisor host) {
        await("that it executes").atMost(SOON).until(() -> state(host).equals(Optional.of(GuestState.RUNNING)));
        assertThat(hosts.truth().restarts(GUID)).isZero();
    }

    private void refused(Kind kind, Runnable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call::run)
                .satisfies(failure ->
                        assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind))
                .satisfies(failure -> assertThat(failure.remedy()).isNotBlank());
    }

    // ---- moves

    @ParameterizedTest
    @CsvSource({
        "MIGRATION_FAILS, 0x80072746",
        "MIGRATION_HANGS, not converged within",
        "MIGRATION_LIMIT_REACHED, MaximumVirtualMachineMigrations"
    })
    void moveThatCannotEndLeavesItAtTheSourceAndSaysWhy(Misbehaviour misbehaviour, String reason) throws Exception {
        hosts.misbehave("HV1", misbehaviour, true);
        SendRecord.Outcome outcome = send(misbehaviour == Misbehaviour.MIGRATION_HANGS ? HURRIED : USUAL);
        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(outcome.reason()).contains(reason);
        executesOn(source);

        hosts.misbehave("HV1", misbehaviour, false);
        assertThat(send(USUAL).kind()).as("the next attempt").isEqualTo("departed");
        executesOn(target);
    }

    @Test
    void plannedVmThatWasLeftBehindIsInNobodysWay() throws Exception {
        hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, true);
        hosts.misbehave("HV1", Misbehaviour.PLANNED_VM_LEFT_BEHIND, true);
        assertThat(send(USUAL).kind()).isEqualTo("stayed");
        hosts.misbehave("HV1", Misbehaviour.MIGRATION_FAILS, false);
        hosts.misbehave("HV1", Misbehaviour.PLANNED_VM_LEFT_BEHIND, false);

        assertThat(send(USUAL).kind()).isEqualTo("departed");
        executesOn(target);
    }

    @Test
    void jobThatIsForgottenIsJudgedByWhereTheVmIs() throws Exception {
        hosts.misbehave("HV1", Misbehaviour.JOB_FORGOTTEN, true);
        assertThat(send(USUAL).kind()).isEqualTo("unclear");
        executesOn(target);
        assertThat(state(source)).isEmpty();
    }

    @Test
    void successWithWarningsIsSuccess() throws Exception {
        hosts.misbehave("HV1", Misbehaviour.JOB_WITH_WARNINGS, true);
        assertThat(send(USUAL).kind()).isEqualTo("departed");
        executesOn(target);
    }

    @Test
    void checkThatSucceedsWithAnErrorIsNoneThatSucceeds() throws Exception {
        hosts.misbehave("HV1", Misbehaviour.JOB_ERROR_CODE_WITH_SUCCESS, true);
        assertThat(send(USUAL).kind()).isEqualTo("stayed");
        executesOn(source);
    }

    @Test
    void answersThatAreLostLeaveNoDoubt() throws Exception {
        LiveMigration.Incoming incoming = target.migration().receive(vm());
        hosts.misbehave("HV1", Misbehaviour.ANSWERS_LOST, true);
        SendRecord told = new SendRecord();
        refused(Kind.UNREACHABLE, () -> source.migration().send(VM, incoming.endpoint(), USUAL, told));
        hosts.misbehave("HV1", Misbehaviour.ANSWERS_LOST, false);
        assertThat(told.outcomesTold()).as("nothing has begun").isZero();
        await("one of both has it")
                .atMost(SOON)
                .until(() -> state(source).equals(Optional.of(GuestState.RUNNING))
                        != state(target).equals(Optional.of(GuestState.RUNNING)));
        assertThat(hosts.truth().restarts(GUID)).isZero();
    }

    @Test
    void moveThatEndsOnNeitherHostIsNotTakenForArrived() throws Exception {
        hosts.misbehave("HV1", Misbehaviour.MIGRATION_ENDS_ON_NEITHER, true);
        SendRecord.Outcome outcome = send(USUAL);
        assertThat(outcome.kind()).isEqualTo("departed");
        assertThat(state(source)).isEmpty();
        assertThat(state(target)).isNotEqualTo(Optional.of(GuestState.RUNNING));
    }

    // ---- everything else

    @Test
    void hostWithoutMemorySaysSoAtTheStart() {
        source.stop(VM, Duration.ZERO);
        hosts.misbehave("HV1", Misbehaviour.START_FAILS, true);
        refused(Kind.OUT_OF_MEMORY, () -> source.start(vm()));
        assertThat(state(source)).isNotEqualTo(Optional.of(GuestState.RUNNING));

        hosts.misbehave("HV1", Misbehaviour.START_FAILS, false);
        source.start(vm());
        await("that it executes").atMost(SOON).until(() -> state(source).equals(Optional.of(GuestState.RUNNING)));
    }

    @Test
    void guestThatDoesNotShutDownIsTurnedOff() {
        hosts.misbehave("HV1", Misbehaviour.SHUTDOWN_IGNORED, true);
        source.stop(VM, Duration.ofSeconds(1));
        assertThat(state(source)).isNotEqualTo(Optional.of(GuestState.RUNNING));
    }

    @Test
    void wrongCredentialsAreTold() {
        hosts.misbehave("HV1", Misbehaviour.UNAUTHORIZED, true);
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(source::guests)
                .satisfies(failure -> assertThat(failure.remedy()).contains("an account of the host's domain"));
    }

    @Test
    void connectionsThatAreCutAreAHostThatDoesNotAnswer() {
        hosts.misbehave("HV1", Misbehaviour.CONNECTIONS_RESET, true);
        refused(Kind.UNREACHABLE, source::guests);
        hosts.misbehave("HV1", Misbehaviour.CONNECTIONS_RESET, false);
        assertThat(state(source)).contains(GuestState.RUNNING);
    }

    @Test
    void changeOfStateThatIsCalledInvalidIsRefused() {
        hosts.misbehave("HV1", Misbehaviour.INVALID_STATE, true);
        refused(Kind.REFUSED, () -> source.control(VM, GuestControl.PAUSE));
        assertThat(state(source)).contains(GuestState.RUNNING);
    }
}
