package io.drover.sim.hypervadapter;

import static io.drover.sim.hypervadapter.TwoHosts.GUID;
import static io.drover.sim.hypervadapter.TwoHosts.MEMORY_MIB;
import static io.drover.sim.hypervadapter.TwoHosts.VM;
import static io.drover.sim.hypervadapter.TwoHosts.spec;
import static io.drover.sim.hypervadapter.TwoHosts.state;
import static io.drover.sim.hypervadapter.TwoHosts.to;
import static io.drover.sim.hypervadapter.TwoHosts.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.SendRecord;
import io.drover.model.GuestState;
import io.drover.model.Severity;
import io.drover.model.StoragePlan;
import io.drover.model.VmSpec;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.host.Vm;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import io.drover.wsman.CimResult;
import io.drover.wsman.CimSession;
import io.drover.wsman.CimValue;
import io.drover.wsman.InstanceText;
import io.drover.wsman.WsmanSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two hosts have against a move that nobody begins. After each test nothing of it is left on either. */
@Tag("integration")
@Execution(ExecutionMode.CONCURRENT)
class MoveCheckTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SHARED = "\\\\fs\\vms\\web";
    private static final String LOCAL = "C:\\vms\\web";
    private static final String SERVICE = "Msvm_VirtualSystemMigrationService";
    private static final int JOB_RUNS = 4;

    @TempDir
    Path folder;

    private TwoHosts site;

    @BeforeEach
    void start() throws IOException {
        site = new TwoHosts(folder);
    }

    @AfterEach
    void nothingIsLeft() {
        for (String host : site.hosts.host("HV2").isUp() ? List.of("HV1", "HV2") : List.of("HV1")) {
            assertThat(site.hosts.host(host).planned(GUID))
                    .as("planned on " + host)
                    .isEmpty();
            assertThat(running(host)).as("jobs of " + host).isEmpty();
        }
        site.close();
        assertThat(site.hosts.truth().doubles()).isEmpty();
    }

    /** Jobs of migrations that have not ended. */
    private List<String> running(String host) {
        try (CimSession session = WsmanSession.of(Emulated.settings(site.hosts, host))) {
            return session
                    .enumerate(CimQuery.all(CimNamespace.VIRTUALIZATION.cimClass("Msvm_MigrationJob")), LIMIT)
                    .stream()
                    .filter(job -> job.uint16("JobState").orElse(0) == JOB_RUNS)
                    .map(job -> job.requiredText("InstanceID"))
                    .toList();
        }
    }

    private List<Objection> check(StoragePlan plan) {
        return check(site.two.migration().examine(spec(), plan), plan);
    }

    private List<Objection> check(Reception reception, StoragePlan plan) {
        List<Objection> objections =
                site.one.migration().check(spec(), Optional.of(reception), plan, Counterpart.NONE, LIMIT);
        assertThat(state(site.two)).as("it is not awaited").isEmpty();
        return objections;
    }

    private static List<String> problems(List<Objection> objections) {
        assertThat(objections)
                .allSatisfy(each -> assertThat(each.remedy()).as(each.text()).isNotBlank());
        return objections.stream().map(Objection::problem).toList();
    }

    /** The hosts may not act for their callers any more. */
    private void authenticateByCredSsp(String host) {
        invoke(host, InstanceText.of(SERVICE + "SettingData").uint32("AuthenticationType", 0));
    }

    private void switchOff(String host) {
        invoke(host, InstanceText.of(SERVICE + "SettingData").bool("EnableVirtualSystemMigration", false));
    }

    private void invoke(String host, InstanceText.Builder setting) {
        InstanceText text = setting.string("InstanceID", "Microsoft:MigrationServiceSettingData")
                .build();
        invoke(host, SERVICE, "ServiceSettingData", text);
    }

    private void invoke(String host, String serviceClass, String parameter, InstanceText text) {
        try (CimSession session = WsmanSession.of(Emulated.settings(site.hosts, host))) {
            CimReference service =
                    CimNamespace.VIRTUALIZATION.cimClass(serviceClass).singleton();
            assertThat(session.invoke(
                                    CimInvocation.of(service, "ModifyServiceSettings")
                                            .instance(parameter, text)
                                            .build(),
                                    LIMIT)
                            .returnValue())
                    .isZero();
        }
    }

    private Vm running(String place, String switchName) {
        Vm vm = site.hosts
                .host("HV1")
                .create(new io.drover.sim.hyperv.host.VmSpec(GUID, VM.value(), MEMORY_MIB, 1, place, switchName, true));
        site.hosts.host("HV1").startNow(vm);
        return vm;
    }

    /** Another VM takes what HV2 has, but for some MiB. */
    private void leaveFree(long mib) {
        long free = site.two.load().memoryFree() >> 20;
        site.hosts
                .host("HV2")
                .startNow(site.hosts
                        .host("HV2")
                        .create(new io.drover.sim.hyperv.host.VmSpec(
                                "C0000000-0000-4000-8000-000000000001",
                                "large",
                                free - mib,
                                1,
                                EmulatedHosts.SHARE + "\\large",
                                EmulatedHosts.SWITCH,
                                true)));
    }

    // ---- what fits

    @Test
    void aVmThatFitsMeetsNoObjectionAndMovesAfterwards() throws Exception {
        site.runningVmIn(SHARED);
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        assertThat(reception.objections()).isEmpty();
        assertThat(reception.processors()).startsWith("hyperv-vectors:");
        assertThat(check(reception, StoragePlan.NONE)).isEmpty();
        assertThat(state(site.one)).contains(GuestState.RUNNING);

        LiveMigration.Incoming incoming = site.two.migration().receive(spec());
        assertThat(incoming.endpoint()).as("as it was foretold").isEqualTo(reception.endpoint());
        SendRecord told = new SendRecord();
        site.one.migration().send(VM, incoming.endpoint(), with(StoragePlan.NONE), told);
        assertThat(told.await().kind()).isEqualTo("departed");
    }

    @Test
    void localFilesObjectUnlessTheyMoveToo() {
        site.runningVmIn(LOCAL);
        assertThat(problems(check(StoragePlan.NONE))).contains("STORAGE");
        assertThat(check(to("D:\\vms\\web"))).isEmpty();
        assertThat(site.has("HV2", "D:\\vms\\web\\web.vhdx")).isFalse();
    }

    @Test
    void filesThatMoveAloneAreCheckedWithoutATarget() {
        site.runningVmIn(SHARED);
        StoragePlan plan = to("\\\\fs\\fast\\web");
        assertThat(site.one.migration().check(spec(), Optional.empty(), plan, Counterpart.NONE, LIMIT))
                .isEmpty();
        assertThat(site.has("HV1", "\\\\fs\\fast\\web\\web.vhdx")).isFalse();
    }

    // ---- what does not

    @Test
    void aSwitchThatTheTargetDoesNotHaveIsNamed() {
        running(SHARED, "Lab");
        List<Objection> objections = check(StoragePlan.NONE);
        assertThat(problems(objections)).containsExactly("INCOMPATIBLE_SWITCH");
        assertThat(objections.get(0).text()).contains("'Lab'");
        assertThat(objections.get(0).severity()).isEqualTo(Severity.ERROR);
    }

    @Test
    void allObjectionsAreTold() {
        running(SHARED, "Lab");
        leaveFree(MEMORY_MIB - 2);
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        assertThat(problems(reception.objections())).containsExactly("NO_RESOURCES");
        assertThat(reception.objections().get(0).text()).contains("64 MiB, 62 MiB are free");
        assertThat(problems(check(reception, StoragePlan.NONE)))
                .containsExactlyInAnyOrder("NO_RESOURCES", "INCOMPATIBLE_SWITCH");
    }

    @Test
    void featuresOfTheProcessorThatTheTargetLacksAreAnObjection() {
        site.hosts.host("HV1").startNow(site.vmIn(SHARED), 1L << 20);
        assertThat(problems(check(StoragePlan.NONE))).containsExactly("INCOMPATIBLE_CPU");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HV1", "HV2"})
    void migrationThatIsSwitchedOffOnASideIsToldSo(String host) {
        site.runningVmIn(SHARED);
        switchOff(host);
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        assertThat(problems(reception.objections()))
                .isEqualTo(host.equals("HV2") ? List.of("MIGRATION_DISABLED") : List.of());
        assertThat(problems(check(reception, StoragePlan.NONE))).containsExactly("MIGRATION_DISABLED");
    }

    @Test
    void hostsThatMayNotActForOneAnotherStillHaveTheirProcessorsCompared() {
        site.hosts.host("HV1").startNow(site.vmIn(SHARED), 1L << 20);
        authenticateByCredSsp("HV1");
        List<Objection> objections = check(StoragePlan.NONE);
        assertThat(problems(objections)).containsExactly("AUTH_DELEGATION", "INCOMPATIBLE_CPU");
        assertThat(objections.get(0).text()).containsIgnoringCase("8009030E");
        assertThat(objections.get(1).text()).contains("vector 2", "100fff");
    }

    @Test
    void hostsThatMayNotActForOneAnotherAndFitHaveThatObjectionOnly() {
        site.runningVmIn(SHARED);
        authenticateByCredSsp("HV1");
        assertThat(problems(check(StoragePlan.NONE))).containsExactly("AUTH_DELEGATION");
    }

    // ---- NUMA

    @Test
    void aVmThatIsLargerThanAnyNodeOfAHostThatDoesNotSpanThemMayNotFit() {
        long memory = 20_000;
        var vm = site.hosts
                .host("HV1")
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        GUID, VM.value(), memory, 1, SHARED, EmulatedHosts.SWITCH, true));
        site.hosts.host("HV1").startNow(vm);
        VmSpec spec = Emulated.spec(VM, memory << 20, GUID);
        assertThat(site.two.migration().examine(spec, StoragePlan.NONE).objections())
                .isEmpty();

        InstanceText noSpanning = InstanceText.of("Msvm_VirtualSystemManagementServiceSettingData")
                .bool("NumaSpanningEnabled", false)
                .build();
        invoke("HV2", "Msvm_VirtualSystemManagementService", "SettingData", noSpanning);

        assertThat(site.two.migration().examine(spec, StoragePlan.NONE).objections())
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.problem()).isEqualTo("NO_RESOURCES");
                    assertThat(each.severity()).isEqualTo(Severity.WARNING);
                    assertThat(each.text()).contains("20000 MiB", "the largest NUMA node has 15360 MiB free");
                });
        assertThat(site.two.migration().examine(spec(), StoragePlan.NONE).objections())
                .isEmpty();
        assertThat(problems(check(StoragePlan.NONE))).as("what the hosts say").containsExactly("NO_RESOURCES");
    }

    // ---- bytes about the VM, which the target's host judges

    /** HV1 may not act for its callers at HV2, and the agents carry what it says of the VM to HV2's own. */
    private List<Objection> checkThroughAgents(Hypervisor source, Counterpart target) {
        authenticateByCredSsp("HV1");
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        return source.migration().check(spec(), Optional.of(reception), StoragePlan.NONE, target, LIMIT);
    }

    private static CimResult told(byte[] info) {
        return new CimResult(
                "GetSystemCompatibilityInfo",
                Map.of(
                        "ReturnValue", List.of(new CimValue.Text("0")),
                        "CompatibilityInfo",
                                List.of(new CimValue.Text(Base64.getEncoder().encodeToString(info)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-US", "ja-JP"})
    void hostsThatMayNotConnectAreComparedByWhatTheSourceSaysOfTheVm(String language) throws IOException {
        site.close();
        site = new TwoHosts(
                folder.resolve(language),
                EmulatedHostsSettings.usual(folder.resolve(language))
                        .of(2, 0)
                        .faster(4)
                        .speaking(language, false));
        site.hosts.host("HV1").startNow(site.vmIn(SHARED), 1L << 20);
        List<Objection> objections = checkThroughAgents(site.one, site.two.migration()::compare);
        assertThat(problems(objections)).containsExactly("AUTH_DELEGATION", "INCOMPATIBLE_CPU");
        assertThat(objections.get(1).text())
                .as("the host's own words")
                .contains("'HV2'", language.equals("ja-JP") ? "プロセッサ" : "processor-specific")
                .doesNotContain("vector");
    }

    @Test
    void hostsThatMayNotConnectAndFitAreComparedOnce() {
        site.runningVmIn(SHARED);
        HookedSession session = site.session("HV1");
        try (Hypervisor source = TwoHosts.over(session, "HV1")) {
            assertThat(problems(checkThroughAgents(source, site.two.migration()::compare)))
                    .containsExactly("AUTH_DELEGATION");
        }
        assertThat(session.calls("GetSystemCompatibilityInfo")).isEqualTo(1);
        assertThat(session.calls("GetSystemCompatibilityVectors")).isZero();
    }

    @Test
    void hostsThatConnectAreNotAskedAgain() {
        site.runningVmIn(SHARED);
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        assertThat(site.one
                        .migration()
                        .check(
                                spec(),
                                Optional.of(reception),
                                StoragePlan.NONE,
                                guest -> {
                                    throw new AssertionError("asked");
                                },
                                LIMIT))
                .isEmpty();
    }

    @Test
    void whatIsLargerThanAnEnvelopeIsToldAndVectorsAreCompared() {
        site.hosts.host("HV1").startNow(site.vmIn(SHARED), 1L << 20);
        site.hosts.misbehave("HV1", Misbehaviour.LARGE_COMPATIBILITY_INFO, true);
        List<Objection> objections = checkThroughAgents(site.one, site.two.migration()::compare);
        assertThat(problems(objections)).containsExactly("AUTH_DELEGATION", "NOT_KNOWN", "INCOMPATIBLE_CPU");
        assertThat(objections.get(1).text()).contains("but for its vectors", "is larger than 153600 bytes");
        assertThat(objections.get(1).severity()).isEqualTo(Severity.WARNING);
        assertThat(objections.get(2).text()).contains("vector 2");
    }

    @Test
    void whatIsMoreThanAHostWouldTakeIsNotSentAndVectorsAreCompared() {
        site.hosts.host("HV1").startNow(site.vmIn(SHARED), 1L << 20);
        HookedSession session = site.session("HV1");
        session.answer("GetSystemCompatibilityInfo", told(new byte[20_000]));
        try (Hypervisor source = TwoHosts.over(session, "HV1")) {
            List<Objection> objections = checkThroughAgents(source, guest -> {
                throw new AssertionError("sent");
            });
            assertThat(problems(objections)).containsExactly("AUTH_DELEGATION", "NOT_KNOWN", "INCOMPATIBLE_CPU");
            assertThat(objections.get(1).text()).contains("20000 bytes (expected: from 1 to 8192)");
        }
    }

    @Test
    void whatTheTargetMakesNoSenseOfIsToldAndVectorsAreCompared() {
        site.hosts.host("HV1").startNow(site.vmIn(SHARED), 1L << 20);
        HookedSession session = site.session("HV1");
        session.answer("GetSystemCompatibilityInfo", told(new byte[] {1, 2, 3}));
        try (Hypervisor source = TwoHosts.over(session, "HV1")) {
            List<Objection> objections = checkThroughAgents(source, site.two.migration()::compare);
            assertThat(problems(objections)).containsExactly("AUTH_DELEGATION", "NOT_KNOWN", "INCOMPATIBLE_CPU");
            assertThat(objections.get(1).text()).contains("3 bytes", "return value 32773");
        }
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> site.two.migration().compare(new byte[0]))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(HypervisorException.Kind.REFUSED));
    }

    @Test
    void anIsoOnALocalDiskIsAnObjection() {
        Vm vm = site.runningVmIn(SHARED);
        insert(vm, "C:\\iso\\setup.iso");
        assertThat(problems(check(StoragePlan.NONE))).containsExactly("ATTACHMENT");
    }

    private void insert(Vm vm, String iso) {
        try (CimSession session = WsmanSession.of(Emulated.settings(site.hosts, "HV1"))) {
            CimReference service = CimNamespace.VIRTUALIZATION
                    .cimClass("Msvm_VirtualSystemManagementService")
                    .singleton();
            CimReference settings = CimReference.of(
                    CimNamespace.VIRTUALIZATION.cimClass("Msvm_VirtualSystemSettingData"),
                    "InstanceID",
                    "Microsoft:" + vm.id());
            InstanceText drive = InstanceText.of("Msvm_StorageAllocationSettingData")
                    .uint16("ResourceType", 31)
                    .string("ResourceSubType", "Microsoft:Hyper-V:Virtual CD/DVD Disk")
                    .strings("HostResource", List.of(iso))
                    .build();
            assertThat(session.invoke(
                                    CimInvocation.of(service, "AddResourceSettings")
                                            .reference("AffectedConfiguration", settings)
                                            .instances("ResourceSettings", List.of(drive))
                                            .build(),
                                    LIMIT)
                            .returnValue())
                    .isIn(0L, 4096L);
        }
    }

    @Test
    void aRegistrationAtTheTargetStandsInTheWay() {
        site.runningVmIn(SHARED);
        var unused = site.hosts
                .host("HV2")
                .create(new io.drover.sim.hyperv.host.VmSpec(
                        GUID, VM.value(), MEMORY_MIB, 1, LOCAL, EmulatedHosts.SWITCH, true));
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        assertThat(problems(reception.objections())).containsExactly("ALREADY_THERE");
        assertThat(problems(site.one
                        .migration()
                        .check(spec(), Optional.of(reception), StoragePlan.NONE, Counterpart.NONE, LIMIT)))
                .containsExactly("ALREADY_THERE");
    }

    @Test
    void aTargetThatIsOffCannotBeConnectedTo() {
        site.runningVmIn(SHARED);
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        site.hosts.powerOff("HV2");
        assertThat(problems(site.one
                        .migration()
                        .check(spec(), Optional.of(reception), StoragePlan.NONE, Counterpart.NONE, LIMIT)))
                .containsExactly("UNREACHABLE");
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> site.two.migration().examine(spec(), StoragePlan.NONE));
    }

    @Test
    void aDiskThatTheVmDoesNotHaveIsNamed() {
        site.runningVmIn(SHARED);
        List<Objection> objections = check(to("", Map.of("data.vhdx", "\\\\fs\\fast\\data.vhdx")));
        assertThat(problems(objections)).containsExactly("STORAGE");
        assertThat(objections.get(0).text()).contains("no disk data.vhdx");
    }

    @Test
    void aVmThatDoesNotRunIsNotSent() {
        site.vmIn(SHARED);
        assertThat(problems(check(StoragePlan.NONE))).containsExactly("INVALID_STATE");
    }

    // ---- time

    @Test
    void aCheckThatTakesTooLongIsEnded() {
        site.runningVmIn(SHARED);
        Reception reception = site.two.migration().examine(spec(), StoragePlan.NONE);
        site.hosts.misbehave("HV1", Misbehaviour.CHECK_HANGS, true);
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(() -> site.one
                        .migration()
                        .check(
                                spec(),
                                Optional.of(reception),
                                StoragePlan.NONE,
                                Counterpart.NONE,
                                Duration.ofMillis(300)))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(HypervisorException.Kind.TIMEOUT));
    }

    @Test
    void aCheckThatGoesOnIsNotTakenForAMove() throws Exception {
        site.runningVmIn(SHARED);
        site.hosts.misbehave("HV1", Misbehaviour.CHECK_HANGS, true);
        try (CimSession session = WsmanSession.of(Emulated.settings(site.hosts, "HV1"))) {
            CimReference job = startCheck(session);
            site.hosts.misbehave("HV1", Misbehaviour.CHECK_HANGS, false);

            LiveMigration.Incoming incoming = site.two.migration().receive(spec());
            SendRecord told = new SendRecord();
            site.one.migration().send(VM, incoming.endpoint(), with(StoragePlan.NONE), told);
            assertThat(told.await().kind()).isEqualTo("departed");

            var unused = session.invoke(
                    CimInvocation.of(job, "RequestStateChange")
                            .number("RequestedState", 4)
                            .build(),
                    LIMIT);
        }
    }

    private static CimReference startCheck(CimSession session) {
        CimReference system = CimReference.of(
                CimNamespace.VIRTUALIZATION.cimClass("Msvm_ComputerSystem"),
                Map.of("CreationClassName", "Msvm_ComputerSystem", "Name", GUID));
        return session.invoke(
                        CimInvocation.of(
                                        CimNamespace.VIRTUALIZATION
                                                .cimClass(SERVICE)
                                                .singleton(),
                                        "CheckVirtualSystemIsMigratable")
                                .reference("ComputerSystem", system)
                                .text("DestinationHost", "hv2." + EmulatedHosts.DOMAIN)
                                .instance(
                                        "MigrationSettingData",
                                        InstanceText.of("Msvm_VirtualSystemMigrationSettingData")
                                                .uint16("MigrationType", 32768)
                                                .build())
                                .build(),
                        LIMIT)
                .reference("Job")
                .orElseThrow();
    }
}
