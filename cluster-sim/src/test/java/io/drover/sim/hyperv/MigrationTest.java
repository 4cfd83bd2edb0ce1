package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Moves of VMs, and what is asked before. */
class MigrationTest extends HostsFixture {
    private static final String SERVICE_SETTINGS = "Msvm_VirtualSystemMigrationServiceSettingData";

    @Test
    void runningVmMovesWithoutARestart() {
        Caller.JobOf job = migrate(VM);
        assertThat(hv1.get(job).first("JobType")).contains("305");
        assertThat(hv1.get(job).first("VirtualSystemName")).contains(VM);
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).hasSize(1);
        assertThat(hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE Name='" + VM + "'").stream()
                        .flatMap(each -> Caller.texts(each, "OperationalStatus").stream()))
                .containsExactly("2", "32774");
        advance(10);
        assertThat(hv1.state(job)).isEqualTo("7");
        assertThat(hv1.enabledState(VM)).isEmpty();
        assertThat(hv2.enabledState(VM)).contains("2");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).isEmpty();
        assertThat(hosts.truth().hosts(VM)).containsExactly("HV1", "HV2");
        assertThat(hosts.truth().restarts(VM)).isZero();
        assertThat(connectedSwitch(hv2)).startsWith("\\\\HV2\\");
    }

    private static String connectedSwitch(Caller host) {
        return Caller.text(
                host.query("SELECT * FROM Msvm_EthernetPortAllocationSettingData WHERE InstanceID LIKE 'Microsoft:" + VM
                                + "%'")
                        .get(0),
                "HostResource");
    }

    @Test
    void cancelledMoveLeavesTheVmWhereItIs() {
        hosts.network(50, 0);
        Caller.JobOf job = migrate(VM);
        advance(5);
        assertThat(hv1.get(job).first("Cancellable")).contains("true");
        Map<String, String> key = Map.of("InstanceID", job.id());
        assertThat(hv1.invoke("Msvm_MigrationJob", key, "RequestStateChange", "<p:RequestedState>4</p:RequestedState>")
                        .returnValue())
                .isZero();
        assertThat(hv1.state(job)).isEqualTo("8");
        advance(60);
        assertThat(hv1.enabledState(VM)).contains("2");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).isEmpty();
        assertThat(hosts.truth().hosts(VM)).containsExactly("HV1");
    }

    @Test
    void sharedNothingMoveTakesTheDisksAlong() {
        Element disk = hv1.query(
                        "SELECT * FROM Msvm_StorageAllocationSettingData WHERE InstanceID LIKE 'Microsoft:" + VM + "%'")
                .get(0);
        String moved = "C:\\VMs\\vm01.vhdx";
        String resource = Caller.instance(
                "NewResourceSettingData",
                "Msvm_StorageAllocationSettingData",
                "string InstanceID " + Caller.text(disk, "InstanceID"),
                "string HostResource[] " + moved);
        String system = Caller.instance(
                "NewSystemSettingData",
                "Msvm_VirtualSystemSettingData",
                "string InstanceID Microsoft:" + VM,
                "string ConfigurationDataRoot C:\\VMs",
                "string SnapshotDataRoot C:\\VMs");
        Caller.JobOf job = Caller.job(hv1.migration(
                "MigrateVirtualSystemToHost", migrationParameters(VM, "HV2", "32771") + system + resource));
        assertThat(hv1.get(job).first("JobType")).contains("306");
        advance(30);
        assertThat(hv1.state(job)).isEqualTo("7");
        assertThat(Files.exists(hosts.resolve("HV2", moved))).isTrue();
        assertThat(Files.exists(hosts.resolve("HV1", EmulatedHosts.spec(1).disk())))
                .isFalse();
        assertThat(hosts.truth().hosts(VM)).containsExactly("HV1", "HV2");
        assertThat(hosts.truth().restarts(VM)).isZero();
    }

    @Test
    void stagedVmIsPreparedAndThenUsed() {
        Caller.JobOf staged =
                Caller.job(hv1.migration("MigrateVirtualSystemToHost", migrationParameters(VM, "HV2", "32770")));
        advance(2);
        assertThat(hv1.state(staged)).isEqualTo("7");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem WHERE Name='" + VM + "'"))
                .hasSize(1);
        assertThat(hv1.enabledState(VM)).contains("2");
        Caller.JobOf job = Caller.job(hv1.migration(
                "MigrateVirtualSystemToHost",
                migrationParameters(VM, "HV2", "32768", "string DestinationPlannedVirtualSystemId " + VM)));
        advance(10);
        assertThat(hv1.state(job)).isEqualTo("7");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).isEmpty();
        assertThat(hv2.enabledState(VM)).contains("2");
    }

    @Test
    void thirdMoveIsOneTooMany() {
        hosts.host("HV1").startNow(hosts.host("HV1").create(EmulatedHosts.spec(40)));
        migrate(VM);
        migrate(SECOND);
        Caller.JobOf third = migrate(EmulatedHosts.spec(40).id());
        advance(1);
        assertThat(hv1.state(third)).isEqualTo("10");
        assertThat(hv1.errors(third)).first().asString().contains("21501");
        assertThat(hv1.query("SELECT * FROM Msvm_VirtualSystemMigrationService").stream()
                        .map(each -> Caller.text(each, "ActiveVirtualSystemMigrationCount")))
                .containsExactly("2");
        advance(20);
        assertThat(hv1.enabledState(EmulatedHosts.spec(40).id())).contains("2");
    }

    @Test
    void moveToNowhereFailsAndTheVmStays() {
        Caller.JobOf job =
                Caller.job(hv1.migration("MigrateVirtualSystemToHost", migrationParameters(VM, "hv9", "32768")));
        advance(1);
        assertThat(hv1.state(job)).isEqualTo("10");
        assertThat(hv1.errors(job)).first().asString().contains("800706BA");
        assertThat(hv1.enabledState(VM)).contains("2");
    }

    @Test
    void targetThatDiesIsNoLoss() {
        hosts.network(50, 0);
        Caller.JobOf job = migrate(VM);
        advance(2);
        hosts.powerOff("HV2");
        advance(60);
        assertThat(hv1.state(job)).isEqualTo("10");
        assertThat(hv1.enabledState(VM)).contains("2");
    }

    @Test
    void malformedRequestStartsNothing() {
        assertThat(hv1.migration("MigrateVirtualSystemToHost", migrationParameters(VM, "HV2", "5"))
                        .returnValue())
                .isEqualTo(32773);
        assertThat(hv1.migration("MigrateVirtualSystemToHost", migrationParameters(OTHER, "HV2", "32768"))
                        .returnValue())
                .isEqualTo(32773);
        migrate(VM);
        assertThat(hv1.migration("MigrateVirtualSystemToHost", migrationParameters(VM, "HV2", "32768"))
                        .returnValue())
                .as("under way already")
                .isEqualTo(32775);
    }

    // ---- checks

    @Test
    void checkSaysWhatStandsInTheWay() {
        assertThat(check("HV2")).isEqualTo("7");
        modifyService(hv2, "boolean EnableVirtualSystemMigration FALSE");
        assertThat(check("HV2")).isEqualTo("10");
    }

    private String check(String target) {
        Caller.Answer answer =
                hv1.migration("CheckVirtualSystemIsMigratable", migrationParameters(VM, target, "32768"));
        assertThat(answer.returnValue()).isEqualTo(4096);
        advance(1);
        assertThat(hv1.get(Caller.job(answer)).first("JobType")).contains("301");
        return hv1.state(Caller.job(answer));
    }

    @Test
    void compatibilityIsComparedByBlobAndByVectors() {
        String host = Caller.vm("ComputerSystem", "Msvm_ComputerSystem", "HV1");
        Caller.Answer info = hv1.migration("GetSystemCompatibilityInfo", host);
        String blob = parameters(info);
        assertThat(hv2.migration("CheckSystemCompatibilityInfo", blob).returnValue())
                .isZero();
        byte[] garbage =
                Base64.getDecoder().decode(info.first("CompatibilityInfo").orElseThrow());
        garbage[new String(garbage, StandardCharsets.ISO_8859_1).indexOf(0)] = 1;
        assertThat(hv2.migration("CheckSystemCompatibilityInfo", octets(garbage))
                        .returnValue())
                .as("a byte that no host wrote")
                .isEqualTo(32773);
        assertThat(hv2.migration("CheckSystemCompatibilityInfo", "").returnValue())
                .isEqualTo(32773);
        String particular = EmulatedHosts.spec(9).id();
        hosts.host("HV1").startNow(hosts.host("HV1").create(EmulatedHosts.spec(9)), 1L << 20);
        String more = parameters(hv1.migration(
                "GetSystemCompatibilityInfo", Caller.vm("ComputerSystem", "Msvm_ComputerSystem", particular)));
        Caller.Answer refused = hv2.migration("CheckSystemCompatibilityInfo", more);
        assertThat(refused.returnValue()).isEqualTo(32784);
        assertThat(refused.first("Reasons"))
                .hasValueSatisfying(each -> assertThat(each).contains("21502"));
        assertThat(hv1.migration("GetSystemCompatibilityVectors", host).all("CompatibilityVectors"))
                .hasSize(3);
    }

    private static String parameters(Caller.Answer info) {
        return octets(Base64.getDecoder().decode(info.first("CompatibilityInfo").orElseThrow()));
    }

    private static String octets(byte[] octets) {
        return "<p:CompatibilityInfo>" + Base64.getEncoder().encodeToString(octets) + "</p:CompatibilityInfo>";
    }

    // ---- settings

    private static Caller.Answer modifyService(Caller host, String property) {
        return host.migration(
                "ModifyServiceSettings",
                Caller.instance(
                        "ServiceSettingData",
                        SERVICE_SETTINGS,
                        "string InstanceID Microsoft:MigrationServiceSettingData",
                        property));
    }

    private String setting(String name) {
        return Caller.text(hv1.query("SELECT * FROM " + SERVICE_SETTINGS).get(0), name);
    }

    @Test
    void settingsAreReadBackAsTheyWereWritten() {
        assertThat(modifyService(hv1, "uint32 MaximumActiveVirtualSystemMigration 5")
                        .returnValue())
                .isZero();
        assertThat(setting("MaximumActiveVirtualSystemMigration")).isEqualTo("5");
        misbehave(Misbehaviour.ACCEPT_AND_IGNORE_WRITES);
        assertThat(modifyService(hv1, "uint32 MaximumActiveVirtualSystemMigration 7")
                        .returnValue())
                .isZero();
        assertThat(setting("MaximumActiveVirtualSystemMigration")).isEqualTo("5");
    }

    @Test
    void networksDecideWhereMigrationsAreTaken() {
        String network = "Msvm_VirtualSystemMigrationNetworkSettingData";
        assertThat(listeners()).containsExactly("192.0.2.11");
        String query = "ASSOCIATORS OF {" + SERVICE_SETTINGS
                + ".InstanceID='Microsoft:MigrationServiceSettingData'} WHERE AssocClass="
                + SERVICE_SETTINGS + "Component";
        String id = Caller.text(hv1.query(query).get(0), "InstanceID");
        String reference =
                "<p:NetworkSettings>" + Caller.reference(network, Map.of("InstanceID", id)) + "</p:NetworkSettings>";
        assertThat(hv1.migration("RemoveNetworkSettings", reference).returnValue())
                .isZero();
        assertThat(listeners()).isEmpty();
        assertThat(hv1.migration(
                                "AddNetworkSettings",
                                Caller.instance(
                                        "NetworkSettings",
                                        network,
                                        "string SubnetNumber 192.0.2.0",
                                        "uint8 PrefixLength 28",
                                        "uint32 Metric 3"))
                        .returnValue())
                .isZero();
        assertThat(hv1.query(query)).hasSize(1);
        assertThat(listeners()).containsExactly("192.0.2.11");
    }

    private List<String> listeners() {
        return Caller.texts(
                hv1.query("SELECT * FROM Msvm_VirtualSystemMigrationService").get(0),
                "MigrationServiceListenerIPAddressList");
    }
}
