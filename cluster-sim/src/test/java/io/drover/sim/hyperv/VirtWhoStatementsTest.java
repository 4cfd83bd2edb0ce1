package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** What virt-who asks a host, as it forms it: where it differs from others, hosts are known to take that. */
class VirtWhoStatementsTest extends HostsFixture {
    private static final String WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError";

    /** It looks for the namespace of older hosts first, and tells by this number that there is none. */
    @Test
    void olderNamespaceIsAnsweredWithTheNumberThatItLooksFor() {
        Caller.Answer answer = hv1.enumerate(
                Caller.WMI + "root/virtualization/*",
                Caller.filter("select BIOSGUID, ElementName from Msvm_VirtualSystemSettingData where SettingType = 3"));
        assertThat(answer.status()).isEqualTo(500);
        Element code = answer.all("error_Code").get(0);
        assertThat(code.getNamespaceURI()).isEqualTo(WMI_ERROR);
        assertThat(code.getTextContent()).isEqualTo("2150858778");
    }

    @Test
    void guestsAreFoundByTheirSettings() {
        List<Element> guests =
                hv1.query("select BIOSGUID, ElementName from Msvm_VirtualSystemSettingData where VirtualSystemType ="
                        + " 'Microsoft:Hyper-V:System:Realized'");
        assertThat(guests).hasSize(2);
        assertThat(Caller.text(guests.get(0), "BIOSGUID")).isEqualTo("{" + VM + "}");
    }

    @Test
    void statesComeThoughTheOutermostElementIsInAnotherNamespace() {
        String service = Caller.VIRTUALIZATION + "Msvm_VirtualSystemManagementService";
        Caller.Answer answer = hv1.send(Caller.envelope(
                service + "/GetSummaryInformation",
                service,
                Map.of(
                        "CreationClassName",
                        "Msvm_VirtualSystemManagementService",
                        "SystemCreationClassName",
                        "Msvm_ComputerSystem"),
                "<w:GetSummaryInformation_INPUT xmlns:p=\"" + service
                        + "\"><p:RequestedInformation>0</p:RequestedInformation>"
                        + "<p:RequestedInformation>1</p:RequestedInformation>"
                        + "<p:RequestedInformation>100</p:RequestedInformation></w:GetSummaryInformation_INPUT>"));
        assertThat(answer.returnValue()).isZero();
        assertThat(Caller.texts(answer.xml(), "EnabledState")).containsExactly("2", "2");
    }

    @Test
    void parametersOutsideOfTheClassAreRefusedAsBefore() {
        String service = Caller.VIRTUALIZATION + "Msvm_VirtualSystemManagementService";
        Caller.Answer answer = hv1.send(Caller.envelope(
                service + "/GetSummaryInformation",
                service,
                Map.of("CreationClassName", "Msvm_VirtualSystemManagementService"),
                "<w:GetSummaryInformation_INPUT><w:RequestedInformation>0</w:RequestedInformation>"
                        + "</w:GetSummaryInformation_INPUT>"));
        assertThat(answer.fault()).isEqualTo("w:SchemaValidationError");
    }

    @Test
    void versionOfHyperVIsThatOfItsFile() {
        Element file = hv1.query(
                        Caller.CIMV2,
                        "select * from CIM_Datafile where Path = '\\\\windows\\\\system32\\\\' and FileName='vmms'")
                .get(0);
        assertThat(Caller.text(file, "Path")).isEqualTo("\\windows\\system32\\");
        assertThat(Caller.text(file, "Version")).startsWith("10.0.");
    }
}
