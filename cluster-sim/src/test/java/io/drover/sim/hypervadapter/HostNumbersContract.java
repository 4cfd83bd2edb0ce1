package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.SendRecord;
import io.drover.hypervisor.hyperv.HypervProblem;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.host.NextFailures;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.InstanceText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every number by which a host is known to say why it failed, through the adapter: the right kind, cause and remedy, and the
 * VM where it was. Hosts of any language have to pass it, since only numbers count.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HostNumbersContract {
    private static final SendOptions USUAL = new SendOptions(0, Duration.ofMillis(30), Duration.ofSeconds(50));
    private static final VmId COLD = new VmId("cold");
    private static final VmSpec COLD_SPEC =
            Emulated.spec(COLD, TwoHosts.MEMORY_MIB << 20, "0C0FFEE0-0000-4000-8000-0123456789AB");
    private static final VmId OFF = new VmId("off");
    private static final VmSpec OFF_SPEC =
            Emulated.spec(OFF, TwoHosts.MEMORY_MIB << 20, "0FF0FF00-0000-4000-8000-0123456789AB");

    private final String language;
    private TwoHosts site;

    HostNumbersContract(String language) {
        this.language = language;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        site = new TwoHosts(
                folder, EmulatedHostsSettings.usual(folder).of(3, 0).faster(20).speaking(language, false));
        site.runningVmIn(EmulatedHosts.SHARE + "\\web");
        Emulated.create(site.hosts, "HV1", OFF, TwoHosts.MEMORY_MIB, OFF_SPEC.hypervisorId());
        // Its files are left by a host that has lost its power.
        Emulated.create(site.hosts, "HV3", COLD, TwoHosts.MEMORY_MIB, COLD_SPEC.hypervisorId());
        site.hosts.powerOff("HV3");
    }

    @AfterAll
    void close() {
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
        assertThat(site.hosts.truth().restarts(GUID)).isZero();
    }

    private void failNext(NextFailures.Work work, String messageId, String hresult) {
        site.hosts.host("HV1").nextFailures().fail(work, messageId, Long.decode(hresult));
    }

    private void answerNext(String method, long value) {
        site.hosts.host("HV1").nextFailures().answer(method, value);
    }

    private void startFails(VmSpec vm, HypervProblem problem) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> site.one.start(vm))
                .withMessageContaining(problem.cause())
                .withMessageContaining(vm.id().value())
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(problem.kind());
                    assertThat(failure.remedy()).isEqualTo(problem.remedy());
                });
        assertThat(site.hosts.host("HV1").planned(vm.hypervisorId())).isEmpty();
        assertThat(site.one.guests())
                .filteredOn(guest -> guest.vm().equals(vm.id()))
                .allSatisfy(guest -> assertThat(guest.state()).isEqualTo(GuestState.OFF));
    }

    /** A move that is under way. */
    private record Move(LiveMigration.Incoming incoming, SendRecord told) {
        /** How it ends, and both sides are told. */
        SendRecord.Outcome outcome() throws Exception {
            SendRecord.Outcome outcome = told.await();
            if (outcome.kind().equals("departed")) {
                incoming.resume();
            } else {
                incoming.discard();
            }
            return outcome;
        }
    }

    private Move send() {
        LiveMigration.Incoming incoming = site.two.migration().receive(spec());
        SendRecord told = new SendRecord();
        site.one.migration().send(VM, incoming.endpoint(), USUAL, told);
        return new Move(incoming, told);
    }

    private void fails(Move move, HypervProblem problem) throws Exception {
        SendRecord.Outcome outcome = move.outcome();
        assertThat(outcome.kind()).isEqualTo("stayed");
        assertThat(outcome.reason()).contains(problem.cause(), problem.remedy(), VM.value());
        assertThat(state(site.one)).contains(GuestState.RUNNING);
        assertThat(state(site.two)).isEmpty();
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @CsvSource({
        "21502, 0x8009030E, AUTH_DELEGATION",
        "21501, 0x8009030D, AUTH_DELEGATION",
        "21502, 0x80090322, AUTH_SPN",
        "21501, 0x80070005, ACCESS_DENIED",
        "21502, 0x80070569, HOST_POLICY",
        "21502, 0x80070534, HOST_POLICY",
        "21501, 0x8007274C, NETWORK",
        "21501, 0x8007274D, NETWORK",
        "21502, 0x80072746, NETWORK",
        "21502, 0x8007271D, NETWORK",
        "21502, 0x8007000E, NO_RESOURCES",
        "3050, 0x800705AA, NO_RESOURCES",
        "33012, 0, INCOMPATIBLE_SWITCH",
        "40004, 0, SAVED_STATE",
        "12010, 0xC03A0014, ATTACHMENT",
        "21502, 0xC0370027, SAVED_STATE",
        "21502, 0x80048054, STORAGE",
        "21502, 0x80070002, STORAGE",
        "20413, 0, STORAGE",
        "20413, 0x80070003, STORAGE",
        "40010, 0, STORAGE",
        "12010, 0x80070020, STORAGE_LOCKED",
        "21502, 0x80070021, STORAGE_LOCKED",
        "10698, 0, INCOMPATIBLE_VERSION",
        "16430, 0x80070050, ALREADY_THERE",
        "16430, 0, ALREADY_THERE",
        "21501, 0x8004100E, NOT_HYPERV",
        "21501, 0x800706BA, UNREACHABLE",
        "21501, 0x80041002, NOT_FOUND",
        "20417, 0, LONG_BLACKOUT",
        "21502, 0, INCOMPATIBLE_CPU",
        "21501, 0, BUSY_RETRY",
        "21502, 0x80071234, UNKNOWN", // Key protectors and shared disks arrive so: no number is known.
        "32000, 0, UNKNOWN"
    })
    void numberOfAFailedJobDecides(String messageId, String hresult, HypervProblem problem) throws Exception {
        failNext(NextFailures.Work.MOVE, messageId, hresult);
        failNext(NextFailures.Work.START, messageId, hresult);
        failNext(NextFailures.Work.REALIZE, messageId, hresult);
        Move move = send();
        startFails(OFF_SPEC, problem);
        startFails(COLD_SPEC, problem);
        fails(move, problem);
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @CsvSource({
        "21502, 0x8009030E, AUTH_DELEGATION",
        "21501, 0, BUSY_RETRY",
        "40004, 0, SAVED_STATE",
        "32000, 0, UNKNOWN"
    })
    void numberOfAFailedCheckDecides(String messageId, String hresult, HypervProblem problem) throws Exception {
        failNext(NextFailures.Work.CHECK, messageId, hresult);
        fails(send(), problem);
    }

    /** It is no failure yet: the VM is prepared at the target, whose agent connects it, and the check is made again. */
    @Execution(ExecutionMode.SAME_THREAD)
    @Test
    void aMissingSwitchDecidesOnceTheTargetCouldNotMendIt() throws Exception {
        failNext(NextFailures.Work.CHECK, "33012", "0");
        failNext(NextFailures.Work.MOVE, "33012", "0");
        fails(send(), HypervProblem.INCOMPATIBLE_SWITCH);
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @CsvSource({"16430, 0x80070050, ALREADY_THERE", "20413, 0x80070005, ACCESS_DENIED", "10698, 0, INCOMPATIBLE_VERSION"
    })
    void numberOfAFailedImportDecides(String messageId, String hresult, HypervProblem problem) {
        failNext(NextFailures.Work.IMPORT, messageId, hresult);
        startFails(COLD_SPEC, problem);
        failNext(NextFailures.Work.VALIDATE, messageId, hresult);
        startFails(COLD_SPEC, problem);
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @CsvSource({
        "1, UNSUPPORTED",
        "2, UNKNOWN",
        "3, TIMEOUT",
        "4, INVALID_CALL",
        "5, INVALID_STATE",
        "32768, UNKNOWN",
        "32769, ACCESS_DENIED",
        "32770, UNSUPPORTED",
        "32772, TIMEOUT",
        "32773, INVALID_CALL",
        "32774, INVALID_STATE",
        "32775, INVALID_STATE",
        "32776, INVALID_CALL",
        "32777, NOT_FOUND",
        "32778, NO_RESOURCES",
        "32779, STORAGE_LOCKED",
        "32784, INCOMPATIBLE_CPU"
    })
    void returnValueOfAMethodDecides(long value, HypervProblem problem) throws Exception {
        answerNext("MigrateVirtualSystemToHost", value);
        answerNext("RequestStateChange", value);
        answerNext("ImportSystemDefinition", value);
        Move move = send();
        startFails(OFF_SPEC, problem);
        startFails(COLD_SPEC, problem);
        fails(move, problem);
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @ParameterizedTest
    @ValueSource(strings = {"HV1", "HV2"})
    void migrationThatIsSwitchedOffIsNotTakenForTooMany(String host) throws Exception {
        switchMigration(host, false);
        try {
            if (host.equals("HV1")) {
                fails(send(), HypervProblem.MIGRATION_DISABLED);
            } else {
                assertThatExceptionOfType(HypervisorException.class)
                        .isThrownBy(this::send)
                        .withMessageContaining(HypervProblem.MIGRATION_DISABLED.cause())
                        .satisfies(failure ->
                                assertThat(failure.remedy()).isEqualTo(HypervProblem.MIGRATION_DISABLED.remedy()));
            }
        } finally {
            switchMigration(host, true);
        }
    }

    private void switchMigration(String host, boolean isOn) {
        try (HookedSession session = site.session(host)) {
            InstanceText settings = InstanceText.of("Msvm_VirtualSystemMigrationServiceSettingData")
                    .bool("EnableVirtualSystemMigration", isOn)
                    .string("InstanceID", "Microsoft:MigrationServiceSettingData")
                    .build();
            CimInvocation call = CimInvocation.of(
                            CimNamespace.VIRTUALIZATION
                                    .cimClass("Msvm_VirtualSystemMigrationService")
                                    .singleton(),
                            "ModifyServiceSettings")
                    .instance("ServiceSettingData", settings)
                    .build();
            assertThat(session.invoke(call, Duration.ofSeconds(10)).returnValue())
                    .isIn(0L, 4096L);
        }
    }

    @Execution(ExecutionMode.SAME_THREAD)
    @Test
    void warningOfALongBlackoutIsNoFailure() throws Exception {
        failNext(NextFailures.Work.WARN_OF_MOVE, "20417", "0");
        assertThat(send().outcome().kind()).isEqualTo("departed");
        // Back, for the other tests.
        LiveMigration.Incoming incoming = site.one.migration().receive(spec());
        SendRecord told = new SendRecord();
        site.two.migration().send(VM, incoming.endpoint(), USUAL, told);
        assertThat(told.await().kind()).isEqualTo("departed");
        incoming.resume();
    }
}
