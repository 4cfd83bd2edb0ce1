package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** What a host takes, what it refuses, and what its answers look like. */
class ProtocolTest extends HostsFixture {
    private static final String ALL_VMS = "SELECT * FROM Msvm_ComputerSystem";

    @Test
    void identifyNeedsNoHeader() {
        Caller.Answer answer = hv1.send("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/>"
                + "<s:Body><i:Identify xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"/>"
                + "</s:Body></s:Envelope>");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.first("ProductVendor")).contains("Microsoft Corporation");
    }

    @Test
    void wrongPasswordAndNoneAreUnauthorized() {
        String envelope = Caller.envelope(Caller.TRANSFER + "/Get", Caller.VIRTUALIZATION + "X", Map.of(), "");
        assertThat(hv1.send(envelope, "wrong").status()).isEqualTo(401);
        assertThat(hv1.send(envelope, "").status()).isEqualTo(401);
    }

    @Test
    void oneItemIsPulledAtATimeAndTheEndComesWithTheLast() {
        Caller.Answer begun = hv1.enumerate(Caller.VIRTUALIZATION + "*", Caller.filter(ALL_VMS));
        String context = begun.first("EnumerationContext").orElseThrow();
        List<Boolean> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Caller.Answer pulled = hv1.pull(context, "");
            assertThat(pulled.all("Msvm_ComputerSystem")).hasSize(1);
            ends.add(!pulled.all("EndOfSequence").isEmpty());
        }
        assertThat(ends).containsExactly(false, false, true);
        assertThat(hv1.pull(context, "").fault()).isEqualTo("n:InvalidEnumerationContext");
    }

    @Test
    void emptyResultIsOnePullWithNoItemAndTheEnd() {
        Caller.Answer begun = hv1.enumerate(
                Caller.VIRTUALIZATION + "*", Caller.filter(ALL_VMS + " WHERE ElementName='nobody'"));
        Caller.Answer pulled = hv1.pull(begun.first("EnumerationContext").orElseThrow(), "");
        assertThat(pulled.all("Items")).hasSize(1);
        assertThat(pulled.all("Items").get(0).hasChildNodes()).isFalse();
        assertThat(pulled.all("EndOfSequence")).hasSize(1);
    }

    @Test
    void optimizedEnumerationBringsItemsAndItsOwnEnd() {
        Caller.Answer all = hv1.enumerate(
                Caller.VIRTUALIZATION + "*",
                Caller.filter(ALL_VMS) + "<w:OptimizeEnumeration/><w:MaxElements>2</w:MaxElements>");
        assertThat(all.all("Msvm_ComputerSystem")).hasSize(2);
        assertThat(all.all("EndOfSequence")).isEmpty();
        Caller.Answer rest = hv1.pull(all.first("EnumerationContext").orElseThrow(), "<n:MaxElements>9</n:MaxElements>");
        assertThat(rest.all("Msvm_ComputerSystem")).hasSize(1);
        assertThat(rest.all("EndOfSequence")).hasSize(1);
    }

    @Test
    void enumerationIsForgottenAfterAMinute() {
        Caller.Answer begun = hv1.enumerate(Caller.VIRTUALIZATION + "*", Caller.filter(ALL_VMS));
        advance(60);
        assertThat(hv1.pull(begun.first("EnumerationContext").orElseThrow(), "").fault())
                .isEqualTo("n:InvalidEnumerationContext");
    }

    @Test
    void referencesComeInsteadOfObjectsIfTheyAreAskedFor() {
        Caller.Answer begun = hv1.enumerate(
                Caller.VIRTUALIZATION + "*",
                Caller.filter(ALL_VMS + " WHERE Name='" + VM + "'")
                        + "<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>");
        Caller.Answer pulled = hv1.pull(begun.first("EnumerationContext").orElseThrow(), "");
        assertThat(pulled.all("EndpointReference")).hasSize(1);
        assertThat(pulled.first("ResourceURI")).contains(Caller.VIRTUALIZATION + "Msvm_ComputerSystem");
        assertThat(pulled.all("Selector").stream().map(each -> each.getAttribute("Name") + "=" + each.getTextContent()))
                .containsExactly("CreationClassName=Msvm_ComputerSystem", "Name=" + VM);
    }

    @Test
    void propertiesAreInOrderNullIsNilAndNullArraysAreAbsent() {
        Element vm = hv1.query(ALL_VMS + " WHERE Name='" + VM + "'").get(0);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < vm.getChildNodes().getLength(); i++) {
            names.add(vm.getChildNodes().item(i).getLocalName());
        }
        assertThat(names).isSorted().contains("CommunicationStatus", "OperationalStatus").doesNotContain("Roles");
        assertThat(Caller.all(vm, "CommunicationStatus").get(0)
                        .getAttributeNS("http://www.w3.org/2001/XMLSchema-instance", "nil"))
                .isEqualTo("true");
        assertThat(Caller.all(vm, "AvailableRequestedStates")).hasSize(5);
        assertThat(Caller.text(Caller.all(vm, "LastReplicationTime").get(0), "Datetime"))
                .isEqualTo("1601-01-01T00:00:00Z");
    }

    @Test
    void projectionComesAsFragmentWithoutNamespaces() {
        Element item = hv1.query(Caller.CIMV2, "select version, BUILDNUMBER from win32_operatingsystem")
                .get(0);
        assertThat(item.getLocalName()).isEqualTo("XmlFragment");
        assertThat(item.getChildNodes().getLength()).isEqualTo(2);
        assertThat(item.getFirstChild().getNamespaceURI()).isNull();
        assertThat(item.getFirstChild().getLocalName()).isEqualTo("BuildNumber");
    }

    // ---- what is refused

    @Test
    void queryOnTheUriOfAClassIsRefused() {
        assertThat(hv1.enumerate(Caller.VIRTUALIZATION + "Msvm_ComputerSystem", Caller.filter(ALL_VMS)).fault())
                .isEqualTo("w:CannotProcessFilter");
    }

    @Test
    void unknownClassNamespaceAndPropertyAreRefused() {
        assertThat(hv1.refused("SELECT * FROM Msvm_Nothing").text()).contains(String.valueOf(0x80041010L));
        assertThat(hv1.refused("SELECT Colour FROM Msvm_ComputerSystem").text()).contains(String.valueOf(0x80041017L));
        assertThat(hv1.refused(ALL_VMS + " WHERE Colour=1").text()).contains(String.valueOf(0x80041017L));
        assertThat(hv1.enumerate(Caller.WMI + "root/nothing/*", Caller.filter(ALL_VMS)).text())
                .contains("2150858778");
        assertThat(hv1.get("msvm_computersystem", Caller.selectors("Msvm_ComputerSystem", VM)).fault())
                .isEqualTo("a:DestinationUnreachable");
    }

    @Test
    void selectorsHaveToBeTheKeysAndNothingElse() {
        assertThat(hv1.get("Msvm_ComputerSystem", Caller.selectors("Msvm_ComputerSystem", VM)).status())
                .isEqualTo(200);
        assertThat(hv1.get("Msvm_ComputerSystem", Map.of("Name", VM)).fault()).isEqualTo("w:InvalidSelectors");
        assertThat(hv1.get("Msvm_ComputerSystem", Map.of("CreationClassName", "Msvm_ComputerSystem", "name", VM))
                        .fault())
                .isEqualTo("w:InvalidSelectors");
        assertThat(hv1.get("Msvm_ComputerSystem", Caller.selectors("Msvm_ComputerSystem", "nobody")).text())
                .contains("a:DestinationUnreachable", String.valueOf(0x80041002L));
    }

    @Test
    void serviceHasToBeNamedByItsClassAlone() {
        String service = "Msvm_VirtualSystemManagementService";
        String codes = "<p:RequestedInformation>1</p:RequestedInformation>";
        assertThat(hv1.management("GetSummaryInformation", codes).returnValue()).isZero();
        assertThat(hv1.invoke(service, Map.of(), "GetSummaryInformation", codes).text())
                .contains("w:InternalError", String.valueOf(0x8004102FL));
        assertThat(hv1.invoke(
                                service,
                                Map.of("CreationClassName", service, "Name", "vmms"),
                                "GetSummaryInformation",
                                codes)
                        .fault())
                .isEqualTo("w:InvalidSelectors");
    }

    @Test
    void wrappedReferenceIsRefused() {
        String wrapped = "<p:AffectedSystem><a:EndpointReference>"
                + Caller.reference("Msvm_ComputerSystem", Caller.selectors("Msvm_ComputerSystem", VM))
                + "</a:EndpointReference></p:AffectedSystem>";
        assertThat(hv1.management("DestroySystem", wrapped).fault()).isEqualTo("w:SchemaValidationError");
    }

    @Test
    void objectAsElementsInsteadOfTextIsRefused() {
        String tree = "<p:SystemSettings><v:Msvm_VirtualSystemSettingData xmlns:v=\"" + Caller.VIRTUALIZATION
                + "Msvm_VirtualSystemSettingData\"><v:ElementName>x</v:ElementName></v:Msvm_VirtualSystemSettingData>"
                + "</p:SystemSettings>";
        assertThat(hv1.management("DefineSystem", tree).fault()).isEqualTo("w:SchemaValidationError");
    }

    @Test
    void objectWithWrongTypeUnknownPropertyOrWrongCaseIsInvalid() {
        String vssd = "Msvm_VirtualSystemSettingData";
        String key = "string InstanceID Microsoft:" + VM;
        assertThat(modify(vssd, key, "uint16 AutomaticStartupAction 4").returnValue()).isZero();
        assertThat(modify(vssd, key, "uint32 AutomaticStartupAction 4").returnValue()).isEqualTo(32773);
        assertThat(modify(vssd, key, "uint16 AutomaticStartupAction four").returnValue()).isEqualTo(32773);
        assertThat(modify(vssd, key, "uint16 automaticStartupAction 4").returnValue()).isEqualTo(32773);
        assertThat(modify(vssd, key, "string Colour red").returnValue()).isEqualTo(32773);
        assertThat(modify("Msvm_MemorySettingData", key).returnValue()).isEqualTo(32773);
        assertThat(modify(vssd, key, "string[] ElementName[] x").returnValue()).isEqualTo(32773);
    }

    private Caller.Answer modify(String className, String... properties) {
        return hv1.management("ModifySystemSettings", Caller.instance("SystemSettings", className, properties));
    }

    @Test
    void unknownMethodParameterAndValueAreRefused() {
        Map<String, String> vm = Caller.selectors("Msvm_ComputerSystem", VM);
        assertThat(hv1.invoke("Msvm_ComputerSystem", vm, "Explode", "").fault()).isEqualTo("a:ActionNotSupported");
        assertThat(change(vm, "<p:requestedState>2</p:requestedState>").fault()).isEqualTo("w:SchemaValidationError");
        assertThat(change(vm, "<p:RequestedState>two</p:RequestedState>").fault()).isEqualTo("w:SchemaValidationError");
        assertThat(change(vm, "<p:RequestedState>2</p:RequestedState><p:RequestedState>3</p:RequestedState>")
                        .fault())
                .isEqualTo("w:SchemaValidationError");
        assertThat(change(vm, "<RequestedState>2</RequestedState>").fault()).isEqualTo("w:SchemaValidationError");
    }

    private Caller.Answer change(Map<String, String> vm, String parameters) {
        return hv1.invoke("Msvm_ComputerSystem", vm, "RequestStateChange", parameters);
    }

    @Test
    void headersThatAreMissingOrNotUnderstoodAreRefused() {
        String good = Caller.envelope(
                Caller.TRANSFER + "/Get",
                Caller.VIRTUALIZATION + "Msvm_ComputerSystem",
                Caller.selectors("Msvm_ComputerSystem", VM),
                "");
        assertThat(hv1.send(good).status()).isEqualTo(200);
        assertThat(hv1.send(good.replaceAll("<a:MessageID>.*</a:MessageID>", "")).fault())
                .isEqualTo("a:MessageInformationHeaderRequired");
        assertThat(hv1.send(good.replaceAll("<a:ReplyTo>.*</a:ReplyTo>", "")).fault())
                .isEqualTo("a:MessageInformationHeaderRequired");
        assertThat(hv1.send(good.replace("</s:Header>", "<x:X xmlns:x=\"x\" s:mustUnderstand=\"true\"/></s:Header>"))
                        .fault())
                .isEqualTo("s:MustUnderstand");
        assertThat(hv1.send("<!DOCTYPE x [<!ENTITY e \"x\">]>" + good).fault()).isEqualTo("w:SchemaValidationError");
        assertThat(hv1.send(good.replace("512000", "100")).fault()).isEqualTo("w:EncodingLimit");
    }

    @Test
    void answerThatIsLargerThanTheCallerTakesIsRefused() {
        String tight = Caller.envelope(
                        Caller.VIRTUALIZATION + "Msvm_VirtualSystemManagementService/GetSummaryInformation",
                        Caller.VIRTUALIZATION + "Msvm_VirtualSystemManagementService",
                        Map.of("CreationClassName", "Msvm_VirtualSystemManagementService"),
                        "<p:GetSummaryInformation_INPUT xmlns:p=\"" + Caller.VIRTUALIZATION
                                + "Msvm_VirtualSystemManagementService\"/>")
                .replace("512000", "8192");
        assertThat(hv1.send(tight).status()).isEqualTo(200);
        hosts.host("HV1").create(EmulatedHosts.spec(50));
        hosts.host("HV1").create(EmulatedHosts.spec(51));
        hosts.host("HV1").create(EmulatedHosts.spec(52));
        hosts.host("HV1").create(EmulatedHosts.spec(53));
        hosts.host("HV1").create(EmulatedHosts.spec(54));
        assertThat(hv1.send(tight).fault()).isEqualTo("w:EncodingLimit");
    }
}
