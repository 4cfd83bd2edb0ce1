package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** A VM whose host is dead comes up on another one, from its files. */
class ImportTest extends HostsFixture {
    private static final String FOLDER = EmulatedHosts.spec(1).folder();
    private static final String FILE = FOLDER + "\\Virtual Machines\\" + VM + ".vmcx";

    private Caller.Answer importVm() {
        return hv2.management(
                "ImportSystemDefinition",
                "<p:SystemDefinitionFile>" + FILE + "</p:SystemDefinitionFile><p:SnapshotFolder>" + FOLDER
                        + "\\Snapshots</p:SnapshotFolder><p:GenerateNewSystemIdentifier>false"
                        + "</p:GenerateNewSystemIdentifier>");
    }

    private Caller.JobOf planned(String method) {
        return Caller.job(
                hv2.management(method, Caller.vm("PlannedSystem", "Msvm_PlannedComputerSystem", VM)));
    }

    private String ended(Caller.JobOf job) {
        advance(2);
        return hv2.state(job);
    }

    @Test
    void vmOfALiveHostIsInUse() {
        assertThat(importVm().returnValue()).isEqualTo(32779);
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).isEmpty();
    }

    @Test
    void vmOfADeadHostIsImportedRealizedAndStarted() {
        failOver();
        assertThat(hosts.truth().restarts(VM)).isEqualTo(1);
        assertThat(hosts.truth().hosts(VM)).containsExactly("HV1", "HV2");
    }

    private void failOver() {
        hosts.powerOff("HV1");
        Caller.JobOf job = Caller.job(importVm());
        assertThat(ended(job)).isEqualTo("7");
        assertThat(hv2.query("SELECT * FROM Msvm_AffectedJobElement").stream()
                        .flatMap(each -> Caller.texts(each, "ElementEffects").stream()))
                .containsExactly("5");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem WHERE Name='" + VM + "'")).hasSize(1);
        assertThat(ended(planned("ValidatePlannedSystem"))).isEqualTo("7");
        assertThat(ended(planned("RealizePlannedSystem"))).isEqualTo("7");
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).isEmpty();
        assertThat(hv2.enabledState(VM)).contains("3");
        assertThat(hv2.requestState(VM, 2).returnValue()).isEqualTo(4096);
        advance(3);
        assertThat(hv2.enabledState(VM)).contains("2");
    }

    @Test
    void hostThatComesBackHasItsOldRegistrationAndCannotStartIt() throws Exception {
        failOver();
        hosts.powerOn("HV1");
        assertThat(hv1.enabledState(VM)).contains("3");
        assertThat(hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE Name='" + VM + "'").stream()
                        .map(each -> Caller.texts(each, "OperationalStatus").get(0)))
                .containsExactly("3");
        assertThat(hv1.requestState(VM, 2).returnValue()).isEqualTo(32775);
        assertThat(hv1.management("DestroySystem", Caller.vm("AffectedSystem", "Msvm_ComputerSystem", VM)).returnValue())
                .isEqualTo(4096);
        advance(2);
        assertThat(hv1.enabledState(VM)).isEmpty();
        assertThat(Files.exists(hosts.resolve("HV2", FILE))).as("the file that HV2 has open").isTrue();
    }

    @Test
    void missingSwitchIsAWarningUntilItIsMended() {
        hosts.host("HV1").create(new io.drover.sim.hyperv.host.VmSpec(
                "00000000-0000-0000-0000-000000000077", "odd", 512, 1, "\\\\fs\\vms\\odd", "Nowhere", true));
        hosts.powerOff("HV1");
        String id = "00000000-0000-0000-0000-000000000077";
        String path = "\\\\fs\\vms\\odd\\Virtual Machines\\" + id + ".vmcx";
        hv2.management(
                "ImportSystemDefinition",
                "<p:SystemDefinitionFile>" + path + "</p:SystemDefinitionFile>"
                        + "<p:GenerateNewSystemIdentifier>false</p:GenerateNewSystemIdentifier>");
        advance(2);
        String reference = Caller.vm("PlannedSystem", "Msvm_PlannedComputerSystem", id);
        Caller.JobOf validated = Caller.job(hv2.management("ValidatePlannedSystem", reference));
        advance(2);
        assertThat(hv2.state(validated)).isEqualTo("32768");
        assertThat(hv2.errors(validated)).first().asString().contains("33012");
        Caller.JobOf refused = Caller.job(hv2.management("RealizePlannedSystem", reference));
        advance(2);
        assertThat(hv2.state(refused)).isEqualTo("10");
        String connection = Caller.text(
                hv2.query("SELECT * FROM Msvm_EthernetPortAllocationSettingData WHERE InstanceID LIKE 'Microsoft:" + id
                                + "%'")
                        .get(0),
                "InstanceID");
        assertThat(hv2.management(
                                "ModifyResourceSettings",
                                Caller.instance(
                                        "ResourceSettings",
                                        "Msvm_EthernetPortAllocationSettingData",
                                        "string InstanceID " + connection,
                                        "uint16 EnabledState 3"))
                        .returnValue())
                .isZero();
        Caller.JobOf realized = Caller.job(hv2.management("RealizePlannedSystem", reference));
        advance(2);
        assertThat(hv2.state(realized)).isEqualTo("7");
    }

    @Test
    void plannedVmCanBeGivenUpAndTheFileStays() {
        hosts.powerOff("HV1");
        importVm();
        advance(2);
        hv2.management("DestroySystem", Caller.vm("AffectedSystem", "Msvm_PlannedComputerSystem", VM));
        advance(2);
        assertThat(hv2.query("SELECT * FROM Msvm_PlannedComputerSystem")).isEmpty();
        assertThat(Files.exists(hosts.resolve("HV2", FILE))).isTrue();
        assertThat(importVm().returnValue()).isEqualTo(4096);
    }

    @Test
    void fileThatIsNotThereAndFileThatSomebodyHasOpen() {
        Caller.JobOf job = Caller.job(hv2.management(
                "ImportSystemDefinition",
                "<p:SystemDefinitionFile>\\\\fs\\vms\\none.vmcx</p:SystemDefinitionFile>"));
        assertThat(ended(job)).isEqualTo("10");
        assertThat(hv2.errors(job)).first().asString().contains("20413");
        hosts.powerOff("HV1");
        hosts.misbehave("HV2", Misbehaviour.FILE_IN_USE, true);
        assertThat(importVm().returnValue()).isEqualTo(32779);
    }

    @Test
    void definitionFileSaysWhoseItIs() {
        Caller.Answer answer = hv2.management(
                "GetDefinitionFileSummaryInformation", "<p:DefinitionFiles>" + FILE + "</p:DefinitionFiles>");
        assertThat(answer.returnValue()).isZero();
        assertThat(answer.first("ElementName")).contains("vm01");
    }
}
