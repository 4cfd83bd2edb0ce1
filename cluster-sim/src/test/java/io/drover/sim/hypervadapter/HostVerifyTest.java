package io.drover.sim.hypervadapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.drover.hypervisor.hyperv.HypervProblem;
import io.drover.model.VmId;
import io.drover.proto.v1.HostAccess;
import io.drover.proto.v1.HostFinding;
import io.drover.proto.v1.HostFindingState;
import io.drover.proto.v1.HostRequest;
import io.drover.runtime.hostsetup.DroverHostServices;
import io.drover.sim.hyperv.EmulatedHosts;
import io.drover.sim.hyperv.EmulatedHostsSettings;
import io.drover.sim.hyperv.host.NextFailures.Work;
import io.drover.sim.hyperv.host.VmSpec;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimSession;
import io.drover.wsman.InstanceText;
import io.drover.wsman.WsmanSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What verifying finds of two emulated hosts that have no VMs but those of a test. */
@Execution(ExecutionMode.CONCURRENT)
class HostVerifyTest {
    private static final String ONE = "hv1.drover.test";
    private static final String TWO = "hv2.drover.test";
    private static final String GUID = "B7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";
    private static final String OTHER_GUID = "C7E6F6E0-0C5C-4C8B-9C3D-0123456789AB";
    private static final HostFindingState OK = HostFindingState.HOST_FINDING_STATE_OK;
    private static final HostFindingState WARNING = HostFindingState.HOST_FINDING_STATE_WARNING;
    private static final HostFindingState BLOCKED = HostFindingState.HOST_FINDING_STATE_BLOCKED;
    private static final HostFindingState UNKNOWN = HostFindingState.HOST_FINDING_STATE_UNKNOWN;

    @TempDir
    Path folder;

    private EmulatedHosts hosts;
    private Path config;

    @BeforeEach
    void startHosts() throws IOException {
        hosts = EmulatedHosts.start(EmulatedHostsSettings.usual(folder).of(2, 0).faster(4));
        config = Emulated.agentFile(hosts, "HV1", folder);
        Files.createDirectories(hosts.resolve("HV1", EmulatedHosts.SHARE));
    }

    @AfterEach
    void stopHosts() {
        hosts.close();
    }

    private List<HostFinding> findings(Predicate<String> isReachable) {
        HostRequest request = HostRequest.newBuilder()
                .setAccess(HostAccess.newBuilder()
                        .setConfig(config.toString())
                        .addHosts(Emulated.address(hosts, "HV1"))
                        .addHosts(Emulated.address(hosts, "HV2")))
                .build();
        return new DroverHostServices(Clock.systemUTC(), isReachable)
                .verify(request)
                .getFindingsList();
    }

    private List<HostFinding> findings(String check, String host) {
        return findings(address -> true).stream()
                .filter(each -> each.getCheck().equals(check) && each.getHost().equals(host))
                .toList();
    }

    private List<HostFinding> trials() {
        return findings("trial move", ONE);
    }

    private void vm(String guid, String name, String switchName, String where) {
        var vm = hosts.host("HV1").create(new VmSpec(guid, name, 64, 1, where + "\\" + name, switchName, true));
        hosts.host("HV1").startNow(vm);
    }

    private void vm(String guid, String name) {
        vm(guid, name, EmulatedHosts.SWITCH, EmulatedHosts.SHARE);
    }

    @Test
    void hostThatDiesBeforeTheTrialsIsAFindingOfThePairsAndNoEndOfTheOthers() {
        vm(GUID, "web");
        AtomicInteger asked = new AtomicInteger();

        List<HostFinding> findings = findings(address -> {
            // Both hosts have been looked at but for the rest of the second one.
            if (asked.incrementAndGet() == 2) {
                hosts.powerOff("HV1");
            }
            return true;
        });

        assertThat(findings)
                .filteredOn(each -> each.getCheck().equals("trial move"))
                .extracting(HostFinding::getHost, HostFinding::getTarget, HostFinding::getState)
                .containsExactly(tuple(ONE, TWO, BLOCKED), tuple(TWO, ONE, UNKNOWN));
        assertThat(findings)
                .filteredOn(each -> each.getHost().equals(ONE) && each.getState() == BLOCKED)
                .singleElement()
                .satisfies(each -> {
                    assertThat(each.getText()).contains("could not be asked");
                    assertThat(each.getRemedy()).isNotEmpty();
                });
        assertThat(findings)
                .filteredOn(each -> each.getCheck().equals("enabled"))
                .hasSize(2);
    }

    @Test
    void sourceWithoutAVmSaysWhatWasNotTriedAndHowToTryIt() {
        assertThat(trials()).singleElement().satisfies(each -> {
            assertThat(each.getState()).isEqualTo(UNKNOWN);
            assertThat(each.getText()).contains("the source has no VM", "delegation", "6600");
            assertThat(each.getRemedy()).contains("New-VM -Name drover-trial");
        });
    }

    @Test
    void obstacleOfOneVmIsToldAndAnotherVmIsTried() {
        vm(GUID, "a-local", EmulatedHosts.SWITCH, "C:\\vms");
        vm(OTHER_GUID, "b-shared");

        assertThat(trials()).extracting(HostFinding::getState).containsExactly(WARNING, OK);
        assertThat(trials().get(0).getText()).contains("VM 'a-local'", "of this VM alone");
        assertThat(trials().get(1).getText()).contains("VM 'b-shared'");
    }

    @Test
    void vmsThatAllHaveAnObstacleOfTheirOwnBlock() {
        vm(GUID, "a-local", EmulatedHosts.SWITCH, "C:\\vms");
        vm(OTHER_GUID, "b-local", EmulatedHosts.SWITCH, "C:\\vms");

        assertThat(trials()).extracting(HostFinding::getState).containsExactly(WARNING, BLOCKED);
        assertThat(trials().get(1).getText()).contains("VM 'a-local'");
    }

    @Test
    void obstacleOfThePairIsNotTriedWithEveryVm() {
        vm(GUID, "a");
        vm(OTHER_GUID, "b");
        hosts.host("HV1").nextFailures().fail(Work.CHECK, "21502", 0x8009030EL);

        assertThat(trials()).singleElement().satisfies(each -> {
            assertThat(each.getState()).isEqualTo(BLOCKED);
            assertThat(each.getRemedy())
                    .startsWith(HypervProblem.AUTH_DELEGATION.remedy())
                    .contains("15 minutes", "klist purge -li 0x3e7");
        });
    }

    // ---- switches

    private void switchesOfTheAgentFile(String switches) throws IOException {
        String text = Files.readString(config);
        config = Files.writeString(
                config, text.replace("  liveMigration:", "  switches: " + switches + "\n  liveMigration:"));
    }

    @Test
    void switchThatIsMissingAtTheTargetBlocks() {
        vm(GUID, "web", "Old", EmulatedHosts.SHARE);

        assertThat(findings("switches", ONE)).singleElement().satisfies(each -> {
            assertThat(each.getState()).isEqualTo(BLOCKED);
            assertThat(each.getText()).contains("'Old'").contains("'External'");
        });
        assertThat(trials()).extracting(HostFinding::getState).containsExactly(BLOCKED);
    }

    @Test
    void switchForWhichTheAgentFileNamesAnotherDoesNotBlock() throws IOException {
        vm(GUID, "web", "Old", EmulatedHosts.SHARE);
        switchesOfTheAgentFile("{Old: External}");

        assertThat(findings("switches", ONE)).isEmpty();
        assertThat(trials()).extracting(HostFinding::getState).containsExactly(OK);

        config = Emulated.agentFile(hosts, "HV1", folder);
        switchesOfTheAgentFile("{Old: Missing}");
        assertThat(findings("switches", ONE)).extracting(HostFinding::getState).containsExactly(BLOCKED);
    }

    @Test
    void cardThatIsNotConnectedBlocksNobody() {
        vm(GUID, "web", "Old", EmulatedHosts.SHARE);
        disconnect();

        assertThat(findings("switches", ONE)).isEmpty();
        assertThat(trials()).extracting(HostFinding::getState).containsExactly(OK);
    }

    private void disconnect() {
        try (CimSession session = WsmanSession.of(Emulated.settings(hosts, "HV1"))) {
            String id = session.enumerate(
                            io.drover.wsman.CimQuery.of(
                                    CimNamespace.VIRTUALIZATION,
                                    "SELECT * FROM Msvm_EthernetPortAllocationSettingData WHERE InstanceID LIKE 'Microsoft:"
                                            + GUID + "%'"),
                            Duration.ofSeconds(20))
                    .get(0)
                    .requiredText("InstanceID");
            CimInvocation change = CimInvocation.of(
                            CimNamespace.VIRTUALIZATION
                                    .cimClass("Msvm_VirtualSystemManagementService")
                                    .singleton(),
                            "ModifyResourceSettings")
                    .instances(
                            "ResourceSettings",
                            List.of(InstanceText.of("Msvm_EthernetPortAllocationSettingData")
                                    .string("InstanceID", id)
                                    .uint16("EnabledState", 3)
                                    .build()))
                    .build();
            assertThat(session.invoke(change, Duration.ofSeconds(20)).returnValue())
                    .isZero();
        }
    }

    // ---- folders

    @Test
    void numberThatStandsFarBehindInTheHostsWordsIsSeen() throws IOException {
        String deep = EmulatedHosts.SHARE + "\\" + "a-folder-with-a-long-name\\".repeat(20) + "vms";
        Files.createDirectories(hosts.resolve("HV1", deep));
        String text = Files.readString(config);
        config = Files.writeString(config, text.replace("'" + EmulatedHosts.SHARE + "'", "'" + deep + "'"));

        assertThat(findings("storage", ONE)).isEmpty();

        config = Files.writeString(config, text.replace("'" + EmulatedHosts.SHARE + "'", "'" + deep + "\\missing'"));
        assertThat(findings("storage", ONE)).extracting(HostFinding::getState).containsExactly(BLOCKED);
    }

    @Test
    void versionsOfVmsAreReadAndFitTheSameWindows() {
        Emulated.create(hosts, "HV1", new VmId("web"), 64, GUID);

        assertThat(findings("VM versions", ONE))
                .as("versions are read, and fit a Windows of the same version")
                .extracting(HostFinding::getState)
                .containsExactly(OK);
    }
}
