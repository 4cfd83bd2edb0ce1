package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/**
 * What OpenStack's os-win and Microsoft's samples ask a host. They do it over COM; the statements and the texts of objects
 * are the same over WS-Management.
 */
class OsWinStatementsTest extends HostsFixture {
    private static final String SETTINGS = "Msvm_VirtualSystemMigrationServiceSettingData";
    private static final String SETTINGS_ID = "Microsoft:MigrationServiceSettingData";

    @ParameterizedTest
    @CsvSource({
        "Msvm_ResourceAllocationSettingData,Synthetic Disk Drive,17",
        "Msvm_ResourceAllocationSettingData,Synthetic DVD Drive,16",
        "Msvm_ResourceAllocationSettingData,Synthetic SCSI Controller,6",
        "Msvm_StorageAllocationSettingData,Virtual Hard Disk,31",
        "Msvm_StorageAllocationSettingData,Virtual CD/DVD Disk,31",
        "Msvm_SyntheticEthernetPortSettingData,Synthetic Ethernet Port,10",
        "Msvm_EthernetPortAllocationSettingData,Ethernet Connection,33"
    })
    void eachKindOfResourceHasADefaultToStartFrom(String className, String subType, String type) {
        List<Element> found = hv1.query("SELECT * FROM " + className + " WHERE ResourceSubType = 'Microsoft:Hyper-V:"
                + subType + "' AND InstanceID LIKE '%\\\\Default'");
        assertThat(found).hasSize(1);
        assertThat(Caller.text(found.get(0), "ResourceType")).isEqualTo(type);
    }

    @Test
    void adapterIsAddedFromTheDefaultUnderAnIdentifierOfItsOwn() {
        Element origin = hv1.query(
                        "SELECT * FROM Msvm_SyntheticEthernetPortSettingData WHERE InstanceID LIKE '%\\\\Default'")
                .get(0);
        Caller.Answer added = hv1.management(
                "AddResourceSettings",
                "<p:AffectedConfiguration>"
                        + Caller.reference("Msvm_VirtualSystemSettingData", Map.of("InstanceID", "Microsoft:" + VM))
                        + "</p:AffectedConfiguration>"
                        + Caller.instance(
                                "ResourceSettings",
                                "Msvm_SyntheticEthernetPortSettingData",
                                "string InstanceID " + Caller.text(origin, "InstanceID"),
                                "uint16 ResourceType 10",
                                "string ResourceSubType Microsoft:Hyper-V:Synthetic Ethernet Port",
                                "string ElementName second"));
        assertThat(added.returnValue()).isZero();
        assertThat(hv1.query("SELECT * FROM Msvm_SyntheticEthernetPortSettingData WHERE ElementName = 'second' AND"
                        + " InstanceID LIKE 'Microsoft:" + VM + "%'"))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {32768, 32769, 32770, 32771})
    void eachKindOfMigrationHasSettingsToStartFrom(int type) {
        assertThat(hv1.query("SELECT * FROM Msvm_VirtualSystemMigrationSettingData WHERE MigrationType = " + type))
                .hasSize(1);
    }

    @Test
    void processorsOfAVmThatRunsAreWeighedAndNotCounted() {
        Element processor = hv1.query(
                        "SELECT * FROM Msvm_ProcessorSettingData WHERE InstanceID LIKE 'Microsoft:" + VM + "%'")
                .get(0);
        String id = "string InstanceID " + Caller.text(processor, "InstanceID");
        assertThat(modify(id, "uint64 VirtualQuantity " + Caller.text(processor, "VirtualQuantity"), "uint32 Weight 7"))
                .isZero();
        assertThat(modify(id, "uint64 VirtualQuantity 17")).isEqualTo(32775);
        assertThat(Caller.text(
                        hv1.query("SELECT * FROM Msvm_ProcessorSettingData WHERE Weight = 7")
                                .get(0),
                        "InstanceID"))
                .contains(VM);
    }

    private long modify(String... properties) {
        return hv1.management(
                        "ModifyResourceSettings",
                        Caller.instance("ResourceSettings", "Msvm_ProcessorSettingData", properties))
                .returnValue();
    }

    /** GetText of WMI writes qualifiers, where each property comes from, and what it itself knows of the object. */
    @Test
    void wholeTextOfAnObjectIsTaken() {
        String text = "<INSTANCE CLASSNAME=\"" + SETTINGS + "\">"
                + "<QUALIFIER NAME=\"dynamic\" TYPE=\"boolean\" TOSUBCLASS=\"false\"><VALUE>TRUE</VALUE></QUALIFIER>"
                + "<PROPERTY NAME=\"__PATH\" CLASSORIGIN=\"___SYSTEM\" TYPE=\"string\"><VALUE>\\\\HV1\\x</VALUE></PROPERTY>"
                + "<PROPERTY.ARRAY NAME=\"__DERIVATION\" CLASSORIGIN=\"___SYSTEM\" TYPE=\"string\"><VALUE.ARRAY>"
                + "<VALUE>CIM_SettingData</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>"
                + "<PROPERTY NAME=\"InstanceID\" CLASSORIGIN=\"CIM_ManagedElement\" PROPAGATED=\"true\" TYPE=\"string\">"
                + "<QUALIFIER NAME=\"key\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></QUALIFIER><VALUE>" + SETTINGS_ID
                + "</VALUE></PROPERTY><PROPERTY NAME=\"Description\" TYPE=\"string\"></PROPERTY>"
                + "<PROPERTY NAME=\"Caption\" TYPE=\"string\" xml:lang=\"en-US\"><VALUE>a &amp; b\n&#x41;</VALUE></PROPERTY>"
                + "</INSTANCE>";
        assertThat(write(Caller.escape(text))).isZero();
        assertThat(Caller.text(hv1.query("SELECT * FROM " + SETTINGS).get(0), "Caption"))
                .isEqualTo("a & b\nA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<?xml version=\"1.0\"?>\n", "<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n"})
    void textIsTakenWhateverItSaysOfItsEncodingAndHoweverItIsWrapped(String declaration) {
        String text = declaration + "<INSTANCE CLASSNAME=\"" + SETTINGS + "\"><PROPERTY NAME=\"InstanceID\""
                + " TYPE=\"string\"><VALUE>" + SETTINGS_ID + "</VALUE></PROPERTY></INSTANCE>\n";
        assertThat(write(Caller.escape(text))).isZero();
        assertThat(write("<![CDATA[" + text + "]]>")).isZero();
    }

    private long write(String text) {
        return hv1.migration("ModifyServiceSettings", "<p:ServiceSettingData>" + text + "</p:ServiceSettingData>")
                .returnValue();
    }

    @Test
    void octetsAreOneElementAndTakenInBothForms() {
        Caller.Answer told =
                hv1.migration("GetSystemCompatibilityInfo", Caller.vm("ComputerSystem", "Msvm_ComputerSystem", VM));
        assertThat(told.all("CompatibilityInfo")).hasSize(1);
        String text = told.first("CompatibilityInfo").orElseThrow();
        StringBuilder numbers = new StringBuilder();
        for (byte each : java.util.Base64.getDecoder().decode(text)) {
            numbers.append(octet(Integer.toString(each & 0xFF)));
        }
        assertThat(hv2.migration("CheckSystemCompatibilityInfo", octet(text)).returnValue())
                .isZero();
        assertThat(hv2.migration("CheckSystemCompatibilityInfo", numbers.toString())
                        .returnValue())
                .isZero();
    }

    private static String octet(String text) {
        return "<p:CompatibilityInfo>" + text + "</p:CompatibilityInfo>";
    }

    @Test
    void guestTellsWhoItIsOnceItIsUp() {
        Element exchange = hv1.query("SELECT * FROM Msvm_KvpExchangeComponent WHERE SystemName = '" + VM + "'")
                .get(0);
        assertThat(Caller.texts(exchange, "GuestIntrinsicExchangeItems"))
                .anyMatch(each -> each.contains("<VALUE>FullyQualifiedDomainName</VALUE>") && each.contains("vm01"));
        assertThat(hv1.query("SELECT * FROM Msvm_GuestServiceInterfaceComponentSettingData WHERE EnabledState = 3"))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "root/StandardCimv2/,SELECT * FROM MSFT_NetAdapter WHERE InterfaceDescription LIKE 'Ethernet Adapter%',MediaConnectState,1",
        "root/Microsoft/Windows/Storage/,SELECT * FROM MSFT_Volume WHERE DriveLetter = 'C',HealthStatus,0",
        "root/cimv2/,'SELECT Size, FreeSpace, DriveType FROM win32_logicaldisk WHERE DeviceID=''C:''',DriveType,3",
        "root/cimv2/,SELECT * FROM Win32_Service WHERE Name = 'vmms',State,Running"
    })
    void hostTellsOfItsAdaptersVolumesAndServices(String namespace, String wql, String property, String value) {
        List<Element> found = hv1.query(Caller.WMI + namespace, wql);
        assertThat(found).hasSize(1);
        assertThat(Caller.text(found.get(0), property)).isEqualTo(value);
    }

    /** Only VMs have been created at some time; of a real host it is NULL. */
    @Test
    void hostHasNoDateOfInstallation() {
        Element host = hv1.query("SELECT * FROM Msvm_ComputerSystem WHERE Name = __SERVER")
                .get(0);
        Element date = Caller.all(host, "InstallDate").get(0);
        assertThat(date.getAttributeNS("http://www.w3.org/2001/XMLSchema-instance", "nil"))
                .isEqualTo("true");
    }
}
