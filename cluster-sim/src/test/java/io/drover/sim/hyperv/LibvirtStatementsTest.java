package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/**
 * What libvirt's driver for Hyper-V asks a host, statement by statement as it forms them. The driver itself is not to be had
 * in Debian; it is run against these hosts outside of this repository.
 */
class LibvirtStatementsTest extends HostsFixture {
    @Test
    void connectionIsOpenedWithTheHostsIdentityAndVersion() {
        assertThat(Caller.text(
                        hv1.query(Caller.CIMV2, "SELECT * FROM Win32_ComputerSystemProduct")
                                .get(0),
                        "UUID"))
                .matches("[0-9A-F-]{36}");
        assertThat(Caller.text(
                        hv1.query(Caller.CIMV2, "SELECT * FROM Win32_OperatingSystem")
                                .get(0),
                        "Version"))
                .matches("\\d+\\.\\d+\\.\\d+");
        assertThat(Caller.text(
                        hv1.query(Caller.CIMV2, "SELECT * FROM Win32_ComputerSystem")
                                .get(0),
                        "DNSHostName"))
                .isEqualTo("hv1");
    }

    @Test
    void limitsAndDefaultsAreDefined() {
        assertThat(Caller.text(
                        hv1.query("SELECT * FROM Msvm_ProcessorSettingData WHERE InstanceID LIKE"
                                        + " 'Microsoft:Definition%Maximum'")
                                .get(0),
                        "VirtualQuantity"))
                .isEqualTo("240");
        assertThat(hv1.query("SELECT * FROM Msvm_ResourceAllocationSettingData WHERE ResourceSubType ="
                        + " 'Microsoft:Hyper-V:Physical Disk Drive' AND InstanceID LIKE '%%Default%%'"))
                .hasSize(1);
    }

    @Test
    void processorsOfAVmHaveCounters() {
        assertThat(
                        hv1.query(
                                Caller.CIMV2,
                                "SELECT * FROM Win32_PerfRawData_HvStats_HyperVHypervisorVirtualProcessor WHERE Name = 'vm01:Hv VP 1'"))
                .hasSize(1);
    }

    @Test
    void diskIsFoundThroughItsDriveAndItsController() {
        String resources = "ASSOCIATORS OF {Msvm_VirtualSystemSettingData.InstanceID='Microsoft:" + VM
                + "'} WHERE AssocClass = Msvm_VirtualSystemSettingDataComponent ResultClass = ";
        List<Element> general = hv1.query(resources + "Msvm_ResourceAllocationSettingData");
        Element disk =
                hv1.query(resources + "Msvm_StorageAllocationSettingData").get(0);
        Element drive = parentOf(disk, general);
        assertThat(Caller.text(drive, "ResourceType")).isEqualTo("17");
        assertThat(Caller.text(drive, "AddressOnParent")).isEqualTo("0");
        assertThat(Caller.text(parentOf(drive, general), "ResourceType")).isEqualTo("6");
    }

    /** The one whose identifier, escaped and with a quote behind it, ends the path of the parent. */
    private static Element parentOf(Element child, List<Element> all) {
        return all.stream()
                .filter(each -> Caller.text(child, "Parent")
                        .endsWith(Caller.text(each, "InstanceID").replace("\\", "\\\\") + "\""))
                .findFirst()
                .orElseThrow();
    }

    /** It asks both controllers of a VM for what they show, with identifiers in which backslashes are single ones. */
    @Test
    void pictureOfAVmsScreenHasTheSizeOfTheHeadThatIsOn() {
        String controller = "Msvm_SyntheticDisplayController";
        Element found = hv1.query("SELECT * FROM " + controller + " WHERE SystemName = '" + VM + "'")
                .get(0);
        Element head = hv1.query("ASSOCIATORS OF {" + controller + ".CreationClassName='" + controller + "',DeviceID='"
                        + Caller.text(found, "DeviceID")
                        + "',SystemCreationClassName='Msvm_ComputerSystem',SystemName='"
                        + VM + "'} WHERE AssocClass = Msvm_VideoHeadOnController ResultClass = Msvm_VideoHead")
                .get(0);
        assertThat(Caller.text(head, "EnabledState")).isEqualTo("2");
        int width = Integer.parseInt(Caller.text(head, "CurrentHorizontalResolution"));
        int height = Integer.parseInt(Caller.text(head, "CurrentVerticalResolution"));
        Caller.Answer answer = picture(width, height);
        assertThat(answer.returnValue()).isZero();
        assertThat(Base64.getDecoder().decode(answer.first("ImageData").orElseThrow()))
                .hasSize(2 * width * height);
        assertThat(picture(0, height).returnValue()).isEqualTo(32773);
        hv1.requestState(VM, 3);
        advance(1);
        assertThat(picture(width, height).returnValue()).isEqualTo(32775);
    }

    private Caller.Answer picture(int width, int height) {
        return hv1.management(
                "GetVirtualSystemThumbnailImage",
                "<p:WidthPixels>" + width + "</p:WidthPixels><p:HeightPixels>" + height + "</p:HeightPixels>"
                        + "<p:TargetSystem>"
                        + Caller.reference("Msvm_VirtualSystemSettingData", Map.of("InstanceID", "Microsoft:" + VM))
                        + "</p:TargetSystem>");
    }

    @Test
    void vmIsDefinedGivenADiskAndAnAdapterStartedAndUndefined() {
        Caller.Answer defined = hv1.management(
                "DefineSystem",
                Caller.instance("SystemSettings", "Msvm_VirtualSystemSettingData", "string ElementName made"));
        assertThat(defined.returnValue()).isZero();
        Element vm = hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER AND ElementName = 'made'")
                .get(0);
        String id = Caller.text(vm, "Name");
        assertThat(Caller.text(vm, "EnabledState")).isEqualTo("3");
        modify(id, "Msvm_ProcessorSettingData", "uint64 VirtualQuantity 4");
        modify(id, "Msvm_MemorySettingData", "uint64 Limit 2048");
        String controller =
                add(id, "uint16 ResourceType 6", "string ResourceSubType Microsoft:Hyper-V:Synthetic SCSI Controller");
        String drive = add(
                id,
                "string Parent " + path(controller),
                "string AddressOnParent 0",
                "uint16 ResourceType 17",
                "string ResourceSubType Microsoft:Hyper-V:Synthetic Disk Drive");
        hosts.host("HV1");
        String file = EmulatedHosts.spec(2).disk().replace("vm02", "made");
        createDisk(file);
        add(
                id,
                "string Parent " + path(drive),
                "string HostResource[] " + file,
                "uint16 ResourceType 31",
                "string ResourceSubType Microsoft:Hyper-V:Virtual Hard Disk");
        assertThat(hv1.query("SELECT * FROM Msvm_StorageAllocationSettingData WHERE InstanceID LIKE 'Microsoft:" + id
                        + "%'"))
                .hasSize(1);
        assertThat(hv1.requestState(id, 2).returnValue()).isEqualTo(4096);
        advance(1);
        assertThat(hv1.enabledState(id)).contains("2");
        assertThat(hv1.management("DestroySystem", Caller.vm("AffectedSystem", "Msvm_ComputerSystem", id))
                        .returnValue())
                .as("while it runs")
                .isEqualTo(32775);
        hv1.requestState(id, 3);
        advance(1);
        hv1.management("DestroySystem", Caller.vm("AffectedSystem", "Msvm_ComputerSystem", id));
        advance(1);
        assertThat(hv1.enabledState(id)).isEmpty();
    }

    private void createDisk(String file) {
        try {
            java.nio.file.Path path = hosts.resolve("HV1", file);
            java.nio.file.Files.createDirectories(path.getParent());
            java.nio.file.Files.writeString(path, "");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void modify(String vm, String className, String property) {
        String id = Caller.text(
                hv1.query("SELECT * FROM " + className + " WHERE InstanceID LIKE 'Microsoft:" + vm + "%'")
                        .get(0),
                "InstanceID");
        assertThat(hv1.management(
                                "ModifyResourceSettings",
                                Caller.instance("ResourceSettings", className, "string InstanceID " + id, property))
                        .returnValue())
                .isZero();
        String[] words = property.split(" ", -1);
        assertThat(Caller.text(
                        hv1.query("SELECT * FROM " + className + " WHERE InstanceID='" + id.replace("\\", "\\\\") + "'")
                                .get(0),
                        words[1]))
                .isEqualTo(words[2]);
    }

    /** Every resource is called by the general class, and the type says what it is. */
    private String add(String vm, String... properties) {
        Caller.Answer answer = hv1.management(
                "AddResourceSettings",
                "<p:AffectedConfiguration>"
                        + Caller.reference("Msvm_VirtualSystemSettingData", Map.of("InstanceID", "Microsoft:" + vm))
                        + "</p:AffectedConfiguration>"
                        + Caller.instance("ResourceSettings", "Msvm_ResourceAllocationSettingData", properties));
        assertThat(answer.returnValue()).isZero();
        return answer.all("Selector").get(0).getTextContent();
    }

    private static String path(String instanceId) {
        return "\\\\hv1\\Root\\Virtualization\\V2:Msvm_ResourceAllocationSettingData.InstanceID=\""
                + instanceId.replace("\\", "\\\\") + "\"";
    }
}
