package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** Queries, as clients of other makers write them. */
class WqlTest extends HostsFixture {
    private List<String> names(String wql) {
        return hv1.query(wql).stream()
                .map(each -> Caller.text(each, "ElementName"))
                .toList();
    }

    @Test
    void hostAndVmsAreToldApartByTheServersName() {
        assertThat(names("SELECT * FROM Msvm_ComputerSystem")).containsExactly("HV1", "vm01", "vm03");
        assertThat(names("SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER "))
                .containsExactly("vm01", "vm03");
        assertThat(names("select * from msvm_computersystem where __SERVER = name"))
                .containsExactly("HV1");
    }

    @Test
    void comparisonsAndTheirConnections() {
        String vms = "SELECT * FROM Msvm_ComputerSystem WHERE ";
        assertThat(names(vms + "ElementName = 'VM01'")).containsExactly("vm01");
        assertThat(names(vms + "ElementName <> 'vm01' AND Name <> __SERVER")).containsExactly("vm03");
        assertThat(names(vms + "ElementName = \"vm01\" or elementname='vm03'")).containsExactly("vm01", "vm03");
        assertThat(names(vms + "NOT (ElementName = 'vm01' OR ElementName = 'HV1')"))
                .containsExactly("vm03");
        assertThat(names(vms
                        + "(EnabledState != 0 and EnabledState != 3 and EnabledState != 32769) AND ProcessID > 4000"))
                .containsExactly("vm01", "vm03");
        assertThat(names(vms + "ProcessID <= 4001 AND ProcessID >= 4001")).containsExactly("vm01");
        assertThat(names(vms + "4001 < ProcessID")).containsExactly("vm03");
        assertThat(names(vms + "ProcessID IS NULL")).containsExactly("HV1");
        assertThat(names(vms + "ProcessID IS NOT NULL AND ElementName LIKE 'vm%'"))
                .containsExactly("vm01", "vm03");
        assertThat(names(vms + "ElementName LIKE 'vm0[1-2]'")).containsExactly("vm01");
        assertThat(names(vms + "ElementName LIKE 'vm_3'")).containsExactly("vm03");
        assertThat(names(vms + "ElementName LIKE '[^h]%'")).containsExactly("vm01", "vm03");
        assertThat(names(vms + "ElementName LIKE 'vm0[1=3]'")).containsExactly("vm01", "vm03");
        assertThat(names(vms + "ElementName LIKE '%m%3%'")).containsExactly("vm03");
        assertThat(names(vms + "NOT ElementName LIKE 'vm%'")).containsExactly("HV1");
        assertThat(names(vms + "ElementName NOT LIKE 'vm%'")).containsExactly("HV1");
        assertThat(names(vms + "ProcessID = 0xFa1")).containsExactly("vm01");
        assertThat(names(vms + "ProcessID > 4e3 AND ProcessID < 4002.5 AND 'VM01' = ElementName"))
                .containsExactly("vm01");
        assertThat(names(vms + "IdentifyingDescriptions IS NULL AND OperationalStatus IS NOT NULL"))
                .hasSize(3);
        assertThat(names(vms + "__GENUS = 2 AND __DYNASTY = 'CIM_ManagedElement' AND __PROPERTY_COUNT > 40"))
                .hasSize(3);
        assertThat(names(vms + "__CLASS = 'Msvm_ComputerSystem' AND __THIS ISA 'CIM_System' AND ElementName='vm01'"))
                .containsExactly("vm01");
    }

    @Test
    void setsThatHoldNothingMatchNothing() {
        for (String set : List.of("[z-a]%", "[]%", "[", "[a-]")) {
            assertThat(names("SELECT * FROM Msvm_ComputerSystem WHERE ElementName LIKE '" + set + "'"))
                    .as(set)
                    .isEmpty();
        }
        assertThat(names("SELECT * FROM Msvm_ComputerSystem WHERE ElementName LIKE '[^]M01'"))
                .containsExactly("vm01");
    }

    @Test
    void longTextsAndPatternsNeedNeitherStackNorTime() {
        String vms = "SELECT * FROM Msvm_ComputerSystem WHERE ElementName ";
        assertThat(names(vms + "= '" + "a".repeat(100_000) + "'")).isEmpty();
        assertThat(names(vms + "= '" + "\\'".repeat(50_000) + "'")).isEmpty();
        assertThat(names(vms + "LIKE '" + "%a".repeat(5_000) + "b'")).isEmpty();
        assertThat(names(vms + "LIKE '" + "%".repeat(50_000) + "'")).hasSize(3);
        assertThat(hv1.refused("ASSOCIATORS OF {Msvm_ComputerSystem.Name='" + "x".repeat(100_000) + "'}")
                        .fault())
                .isEqualTo("w:CannotProcessFilter");
    }

    @Test
    void truthsCompareInAnyForm() {
        String rows = "SELECT * FROM Msvm_VirtualSystemMigrationServiceSettingData WHERE EnableCompression = ";
        for (String truth : List.of("TRUE", "true", "'true'", "1")) {
            assertThat(hv1.query(rows + truth)).as(truth).hasSize(1);
        }
        assertThat(hv1.query(rows + "FALSE")).isEmpty();
    }

    @Test
    void baseClassBringsAllThatDeriveFromIt() {
        hv1.requestState(VM, 9);
        migrate(SECOND);
        assertThat(hv1.query("SELECT * FROM CIM_ConcreteJob").stream().map(Element::getLocalName))
                .containsExactlyInAnyOrder("Msvm_ConcreteJob", "Msvm_MigrationJob");
        assertThat(hv1.query("SELECT * FROM Msvm_ConcreteJob")).hasSize(1);
        assertThat(hv1.query("SELECT * FROM CIM_ConcreteJob WHERE JobState = 4 AND InstanceID LIKE '%-%'"))
                .hasSize(2);
    }

    @Test
    void objectsAreFoundByTheirPathInAnyOrderAndCase() {
        Element connection = hv1.query("SELECT * FROM Msvm_EthernetPortAllocationSettingData")
                .get(0);
        String parent = Caller.text(connection, "Parent").replace("\\", "\\\\");
        assertThat(hv1.query("SELECT * FROM Msvm_SyntheticEthernetPortSettingData WHERE __PATH = '" + parent + "'"))
                .hasSize(1);
        String path = Caller.text(connection, "HostResource")
                .replace("\\HV1\\root\\virtualization\\v2", "\\hv1\\Root\\Virtualization\\V2")
                .replace("\\", "\\\\");
        assertThat(names("SELECT * FROM Msvm_VirtualEthernetSwitch WHERE __PATH='" + path + "'"))
                .containsExactly("External");
    }

    @Test
    void associatorsAreFoundThroughAnyAssociation() {
        String vm = "{Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='"
                + VM.toLowerCase(java.util.Locale.ROOT) + "'}";
        List<Element> settings = hv1.query("ASSOCIATORS OF " + vm
                + " WHERE AssocClass = Msvm_SettingsDefineState ResultClass = Msvm_VirtualSystemSettingData");
        assertThat(settings).hasSize(1);
        String id = Caller.text(settings.get(0), "InstanceID");
        assertThat(id).isEqualTo("Microsoft:" + VM);
        String component = "ASSOCIATORS OF {Msvm_VirtualSystemSettingData.InstanceID='" + id
                + "'} WHERE AssocClass=Msvm_VirtualSystemSettingDataComponent ResultClass=";
        assertThat(hv1.query(component + "Msvm_MemorySettingData")).hasSize(1);
        assertThat(hv1.query(component + "Msvm_StorageAllocationSettingData")).hasSize(1);
        assertThat(hv1.query(component + "Msvm_ResourceAllocationSettingData")).hasSize(4);
        assertThat(hv1.query(component + "CIM_ResourceAllocationSettingData")).hasSize(11);
        assertThat(hv1.query("ASSOCIATORS OF " + vm)).hasSizeGreaterThan(3);
        assertThat(hv1.query("ASSOCIATORS OF " + vm + " WHERE ResultRole = SettingData"))
                .hasSize(1);
        assertThat(hv1.query("REFERENCES OF " + vm + " WHERE ResultClass = Msvm_SettingsDefineState"))
                .hasSize(1);
        assertThat(hv1.query("REFERENCES OF " + vm + " WHERE Role = SettingData"))
                .isEmpty();
        assertThat(hv1.query(
                        Caller.CIMV2,
                        "ASSOCIATORS OF {Win32_ComputerSystem.Name='HV1'} WHERE AssocClass = Win32_ComputerSystemProcessor"
                                + " ResultClass = Win32_Processor"))
                .hasSize(2);
    }

    @Test
    void pathOfAnObjectMayLeaveOutItsOnlyKeyAndWriteSingleBackslashes() {
        String settings = "{Msvm_VirtualSystemSettingData='Microsoft:" + VM + "'}";
        assertThat(hv1.query("ASSOCIATORS OF " + settings + " WHERE ResultClass=Msvm_MemorySettingData"))
                .hasSize(1);
        String id = Caller.text(
                hv1.query("SELECT * FROM Msvm_MemorySettingData WHERE InstanceID LIKE 'Microsoft:" + VM + "%'")
                        .get(0),
                "InstanceID");
        assertThat(hv1.query("ASSOCIATORS OF {Msvm_MemorySettingData.InstanceID='" + id
                        + "'} WHERE ResultClass=CIM_VirtualSystemSettingData"))
                .hasSize(1);
        assertThat(hv1.query("ASSOCIATORS OF " + settings + " WHERE AssocClass=CIM_Component"))
                .hasSize(11);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ASSOCIATORS OF {Msvm_ComputerSystem}",
                "ASSOCIATORS OF {Msvm_ComputerSystem='x'}",
                "ASSOCIATORS OF {Msvm_ComputerSystem.Name='x'}",
                "REFERENCES OF {Msvm_ComputerSystem.Name='x',Colour='y'}"
            })
    void pathWithOtherKeysIsNone(String wql) {
        assertThat(hv1.refused(wql).first("error_Code")).contains(Long.toString(0x8004103AL));
    }

    @Test
    void unknownClassesHaveTheirOwnFault() {
        assertThat(hv1.refused("SELECT * FROM Msvm_Nothing").first("error_Code"))
                .contains(Long.toString(0x80041010L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SELECT",
                "SELECT * FROM",
                "SELECT * FROM Msvm_ComputerSystem WHERE",
                "SELECT * FROM Msvm_ComputerSystem WHERE Name",
                "SELECT * FROM Msvm_ComputerSystem WHERE Name = ",
                "SELECT * FROM Msvm_ComputerSystem WHERE Name = 'a",
                "SELECT * FROM Msvm_ComputerSystem WHERE (Name = 'a'",
                "SELECT * FROM Msvm_ComputerSystem ORDER BY Name",
                "SELECT * FROM Msvm_ComputerSystem, Msvm_Memory",
                "SELECT * FROM Msvm_ComputerSystem WHERE OperationalStatus = 2",
                "SELECT * FROM Msvm_ComputerSystem WHERE EnabledState = 'two'",
                "SELECT __NOTHING FROM Msvm_ComputerSystem",
                "ASSOCIATORS OF {Msvm_VirtualSystemSettingData='x'} WHERE",
                "ASSOCIATORS OF {Msvm_VirtualSystemSettingData='x'} WHERE SchemaOnly",
                "DELETE FROM Msvm_ComputerSystem",
                "ASSOCIATORS OF Msvm_ComputerSystem",
                "ASSOCIATORS OF {Msvm_ComputerSystem.Name=} WHERE AssocClass=Msvm_SettingsDefineState",
                "ASSOCIATORS OF {Msvm_ComputerSystem.Name='x'} WHERE Colour=red",
                "REFERENCES OF {Msvm_ComputerSystem.Name='x'} WHERE AssocClass=Msvm_SettingsDefineState"
            })
    void malformedQueryIsRefused(String wql) {
        assertThat(hv1.refused(wql).fault()).isEqualTo("w:CannotProcessFilter");
    }
}
