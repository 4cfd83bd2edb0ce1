package io.drover.wsman;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drover.wsman.CimException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a session writes and reads, on answers in the shapes of a real host. */
class WsmanSessionTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final CimClass GUEST = CimNamespace.VIRTUALIZATION.cimClass("Msvm_ComputerSystem");
    private static final CimClass MIGRATION =
            CimNamespace.VIRTUALIZATION.cimClass("Msvm_VirtualSystemMigrationService");
    private static final CimReference ONE =
            CimReference.of(GUEST, Map.of("CreationClassName", "Msvm_ComputerSystem", "Name", "8B6D6C1E-0001"));

    private ScriptedHost host;
    private WsmanSession session;

    @BeforeEach
    void open() throws IOException {
        host = ScriptedHost.overHttp();
        session = WsmanSession.of(host.plainSettings());
    }

    @AfterEach
    void close() {
        session.close();
        host.close();
    }

    /** The last request, as a tree. */
    private XmlElement asked(int index) {
        return XmlReader.read("the request", host.requests.get(index), WsmanLimits.USUAL);
    }

    private static String header(XmlElement envelope, String namespace, String name) {
        return envelope.child(Wire.SOAP, "Header")
                .flatMap(each -> each.child(namespace, name))
                .map(XmlElement::text)
                .orElse("(none)");
    }

    @Test
    void identifySaysWhoAnswers() {
        host.thenBody("<i:IdentifyResponse xmlns:i=\"" + Wire.IDENTITY + "\"><i:ProtocolVersion>" + Wire.WSMAN
                + "</i:ProtocolVersion><i:ProductVendor>Microsoft Corporation</i:ProductVendor>"
                + "<i:ProductVersion>OS: 10.0.20348 SP: 0.0 Stack: 3.0</i:ProductVersion></i:IdentifyResponse>");
        assertThat(session.identify(LONG))
                .isEqualTo(new CimIdentity("Microsoft Corporation", "OS: 10.0.20348 SP: 0.0 Stack: 3.0", Wire.WSMAN));
        assertThat(host.authorizations).containsExactly("Basic ZHJvdmVyOnNlY3JldA==");
    }

    @Test
    void getReadsEveryFormOfValueOfARealHost() {
        host.thenBody(Soap.guest("8B6D6C1E-0001", "テスト &lt;&amp;&gt; 1"));
        CimInstance guest = session.get(ONE, LONG);

        assertThat(guest.cimClass()).isEqualTo(GUEST);
        assertThat(guest.text("Caption")).contains("仮想マシン");
        assertThat(guest.text("ElementName")).contains("テスト <&> 1");
        assertThat(guest.uint16("EnabledState")).hasValue(2);
        assertThat(guest.uint16s("OperationalStatus")).containsExactly(2, 32774);
        assertThat(guest.has("CommunicationStatus")).isTrue();
        assertThat(guest.uint16("CommunicationStatus")).isEmpty();
        assertThat(guest.has("StatusDescriptions")).isFalse();
        assertThat(guest.texts("StatusDescriptions")).isEmpty();
        assertThat(guest.bool("Primordial")).contains(true);
        assertThat(guest.uint64("OnTimeInMilliseconds")).hasValue(-1);
        assertThat(guest.count("OnTimeInMilliseconds")).hasValue(Long.MAX_VALUE);
        assertThat(guest.instant("InstallDate")).contains(Instant.parse("2025-12-17T09:55:22.702341Z"));
        assertThat(guest.instant("TimeOfLastStateChange")).isEmpty();
        assertThat(guest.interval("Elapsed"))
                .contains(Duration.ofDays(1).plusHours(2).plusMinutes(3).plusMillis(4500));
        assertThat(guest.reference(List.of("CreationClassName", "Name"))).isEqualTo(ONE);
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> guest.uint16("OnTimeInMilliseconds"))
                .satisfies(each -> assertThat(each.kind()).isEqualTo(Kind.PROTOCOL));
    }

    @Test
    void getNamesTheObjectByClassAndSelectors() {
        host.thenBody(Soap.guest("8B6D6C1E-0001", "a"));
        session.get(ONE, Duration.ofSeconds(10));
        XmlElement asked = asked(0);

        assertThat(header(asked, Wire.WSMAN, "ResourceURI")).isEqualTo(GUEST.uri());
        assertThat(header(asked, Wire.ADDRESSING, "Action")).isEqualTo(Wire.TRANSFER + "/Get");
        assertThat(header(asked, Wire.ADDRESSING, "To"))
                .isEqualTo(host.endpoint("127.0.0.1").toString());
        assertThat(header(asked, Wire.WSMAN, "MaxEnvelopeSize")).isEqualTo("153600");
        assertThat(Duration.parse(header(asked, Wire.WSMAN, "OperationTimeout")))
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(9));
        assertThat(host.requests.get(0))
                .contains("<w:SelectorSet><w:Selector Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector>"
                        + "<w:Selector Name=\"Name\">8B6D6C1E-0001</w:Selector></w:SelectorSet>");
    }

    @Test
    void aListingThatFitsIntoTheFirstAnswerCostsOneRoundTrip() {
        host.thenBody(Soap.enumerated("", Soap.guest("1", "a") + Soap.guest("2", "b"), true));
        List<CimInstance> guests = session.enumerate(CimQuery.all(GUEST), LONG);

        assertThat(guests).extracting(each -> each.requiredText("Name")).containsExactly("1", "2");
        assertThat(host.requests).hasSize(1);
        assertThat(header(asked(0), Wire.WSMAN, "ResourceURI"))
                .isEqualTo("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/*");
        assertThat(host.requests.get(0))
                .contains("<w:OptimizeEnumeration/><w:MaxElements>50</w:MaxElements>")
                .contains("SELECT * FROM Msvm_ComputerSystem");
    }

    @Test
    void aHundredRowsCostTwoRoundTrips() {
        StringBuilder half = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            half.append(Soap.guest("g" + i, "a"));
        }
        host.thenBody(Soap.enumerated("uuid:1", half.toString(), false))
                .thenBody(Soap.pulled("", half.toString(), true));
        assertThat(session.enumerate(CimQuery.all(GUEST), LONG)).hasSize(100);
        assertThat(host.requests).hasSize(2);
        assertThat(host.requests.get(1)).contains("<n:MaxElements>50</n:MaxElements>");
    }

    @Test
    void oneItemAPullAndTheEndTogetherWithTheLastItem() {
        host.thenBody(Soap.enumerated("uuid:1", "", false))
                .thenBody(Soap.pulled("uuid:1", Soap.guest("1", "a"), false))
                .thenBody(Soap.pulled("uuid:2", Soap.guest("2", "b"), false))
                .thenBody(Soap.pulled("", Soap.guest("3", "c"), true));
        assertThat(session.enumerate(CimQuery.all(GUEST), LONG))
                .extracting(each -> each.requiredText("Name"))
                .containsExactly("1", "2", "3");
        assertThat(host.requests.get(3)).contains("<n:EnumerationContext>uuid:2</n:EnumerationContext>");
    }

    @Test
    void anEmptyListingIsOnePullWithTheEnd() {
        host.thenBody(Soap.enumerated("uuid:1", "", false)).thenBody(Soap.pulled("", "", true));
        assertThat(session.enumerate(CimQuery.all(GUEST), LONG)).isEmpty();
    }

    @Test
    void aHostThatRefusesTheQuickWayIsAskedInThePlainWay() {
        host.thenFault("w:UnsupportedFeature", "")
                .thenBody(Soap.enumerated("uuid:1", "", false))
                .thenBody(Soap.pulled("", Soap.guest("1", "a"), true));
        assertThat(session.enumerate(CimQuery.all(GUEST), LONG)).hasSize(1);
        assertThat(host.requests.get(1)).doesNotContain("OptimizeEnumeration").doesNotContain("MaxElements");
        assertThat(host.requests.get(2)).doesNotContain("MaxElements");
    }

    @Test
    void anEnumerationThatTheHostForgotIsAKindOfItsOwn() {
        host.thenBody(Soap.enumerated("uuid:1", Soap.guest("1", "a"), false))
                .thenFault("n:InvalidEnumerationContext", Soap.wsmanFault(2150858779L));
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> session.enumerate(CimQuery.all(GUEST), LONG))
                .satisfies(each -> assertThat(each.kind()).isEqualTo(Kind.ENUMERATION_EXPIRED));
        assertThat(host.requests).hasSize(2);
    }

    @Test
    void tooManyRowsEndTheListingAtTheHostToo() {
        host.thenBody(Soap.enumerated("uuid:1", Soap.guest("1", "a") + Soap.guest("2", "b"), false))
                .thenBody("");
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> session.enumerate(CimQuery.all(GUEST).withRowsMax(1), LONG))
                .satisfies(each -> assertThat(each.kind()).isEqualTo(Kind.ENCODING_LIMIT));
        assertThat(host.requests.get(1)).contains("<n:Release><n:EnumerationContext>uuid:1<");
    }

    @Test
    void aConsumerThatThrowsEndsTheListingAtTheHostToo() {
        host.thenBody(Soap.enumerated("uuid:1", Soap.guest("1", "a"), false)).thenBody("");
        assertThatThrownBy(() -> session.enumerate(CimQuery.all(GUEST), LONG, each -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
        assertThat(host.requests.get(1)).contains("<n:Release>");
    }

    @Test
    void aListingThatNeverEndsIsRefused() {
        host.thenBody(Soap.enumerated("uuid:1", "", false));
        for (int i = 0; i < 20; i++) {
            host.thenBody(Soap.pulled("uuid:1", "", false));
        }
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> session.enumerate(CimQuery.all(GUEST), LONG))
                .satisfies(each -> assertThat(each.kind()).isEqualTo(Kind.PROTOCOL));
        assertThat(host.requests.size()).isLessThan(20);
    }

    @Test
    void aQueryForSomePropertiesComesAsAFragment() {
        host.thenBody(Soap.enumerated(
                "", "<w:XmlFragment xmlns:p=\"urn:x\"><p:BuildNumber>20348</p:BuildNumber></w:XmlFragment>", true));
        CimQuery query = CimQuery.of(CimNamespace.CIMV2, "SELECT BuildNumber FROM Win32_OperatingSystem");
        assertThat(session.enumerate(query, LONG))
                .singleElement()
                .satisfies(each -> assertThat(each.requiredText("BuildNumber")).isEqualTo("20348"));
    }

    @Test
    void referencesAreListedWithoutTheirObjects() {
        host.thenBody(Soap.enumerated(
                "",
                "<a:EndpointReference>" + Soap.pointer("Msvm_ComputerSystem", "Name", "X") + "</a:EndpointReference>",
                true));
        assertThat(session.references(CimQuery.all(GUEST), LONG)).containsExactly(CimReference.of(GUEST, "Name", "X"));
        assertThat(host.requests.get(0)).contains("<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>");
    }

    @Test
    void associationsHoldReferencesAndEmbeddedObjects() {
        host.thenBody(Soap.enumerated(
                "",
                "<p:Msvm_AffectedJobElement xmlns:p=\"" + Soap.VIRTUALIZATION + "Msvm_AffectedJobElement\">"
                        + "<p:AffectedElement>" + Soap.pointer("Msvm_ComputerSystem", "Name", "X")
                        + "</p:AffectedElement>"
                        + "<p:AffectingElement><a:EndpointReference>"
                        + Soap.pointer("Msvm_MigrationJob", "InstanceID", "J")
                        + "</a:EndpointReference></p:AffectingElement><p:ElementEffects>5</p:ElementEffects>"
                        + "</p:Msvm_AffectedJobElement>",
                true));
        CimInstance link = session.enumerate(
                        CimQuery.all(CimNamespace.VIRTUALIZATION.cimClass("Msvm_AffectedJobElement")), LONG)
                .get(0);
        assertThat(link.reference("AffectedElement")).contains(CimReference.of(GUEST, "Name", "X"));
        assertThat(link.reference("AffectingElement"))
                .contains(
                        CimReference.of(CimNamespace.VIRTUALIZATION.cimClass("Msvm_MigrationJob"), "InstanceID", "J"));
        assertThat(link.uint16s("ElementEffects")).containsExactly(5);
    }

    @Test
    void invokeWritesParametersInOrderAsHostsTakeThem() {
        host.thenBody(Soap.output(
                "Msvm_VirtualSystemMigrationService",
                "MigrateVirtualSystemToHost",
                "<p:Job>" + Soap.pointer("Msvm_MigrationJob", "InstanceID", "GUID-1") + "</p:Job>"
                        + "<p:ReturnValue>4096</p:ReturnValue>"));
        CimResult result = session.invoke(
                CimInvocation.of(MIGRATION.singleton(), "MigrateVirtualSystemToHost")
                        .reference("ComputerSystem", ONE)
                        .text("DestinationHost", "hv2.corp.example")
                        .instance(
                                "MigrationSettingData",
                                InstanceText.of("Msvm_VirtualSystemMigrationSettingData")
                                        .uint16("MigrationType", 32768)
                                        .bool("EnableCompression", true)
                                        .strings("DestinationIPAddressList", List.of("192.0.2.12"))
                                        .build())
                        .texts("NewResourceSettingData", List.of())
                        .build(),
                LONG);

        assertThat(result.returnValue()).isEqualTo(4096);
        assertThat(result.reference("Job").orElseThrow().cimClass().name()).isEqualTo("Msvm_MigrationJob");
        assertThat(result.reference("Job").orElseThrow().keys()).containsExactly(Map.entry("InstanceID", "GUID-1"));
        XmlElement asked = asked(0);
        assertThat(header(asked, Wire.ADDRESSING, "Action")).isEqualTo(MIGRATION.uri() + "/MigrateVirtualSystemToHost");
        assertThat(host.requests.get(0))
                .contains("<w:SelectorSet><w:Selector Name=\"CreationClassName\">Msvm_VirtualSystemMigrationService"
                        + "</w:Selector></w:SelectorSet></s:Header>")
                .doesNotContain("EndpointReference");
        XmlElement input =
                asked.child(Wire.SOAP, "Body").orElseThrow().children().get(0);
        assertThat(input.is(MIGRATION.uri(), "MigrateVirtualSystemToHost_INPUT"))
                .isTrue();
        assertThat(input.children())
                .extracting(XmlElement::localName)
                .containsExactly("ComputerSystem", "DestinationHost", "MigrationSettingData");
        assertThat(InstanceXml.reference(input.children().get(0))).isEqualTo(ONE);
        assertThat(input.children().get(2).text())
                .isEqualTo("<INSTANCE CLASSNAME=\"Msvm_VirtualSystemMigrationSettingData\">"
                        + "<PROPERTY NAME=\"MigrationType\" TYPE=\"uint16\"><VALUE>32768</VALUE></PROPERTY>"
                        + "<PROPERTY NAME=\"EnableCompression\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></PROPERTY>"
                        + "<PROPERTY.ARRAY NAME=\"DestinationIPAddressList\" TYPE=\"string\"><VALUE.ARRAY>"
                        + "<VALUE>192.0.2.12</VALUE></VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>");
    }

    @Test
    void arraysOfNumbersBytesReferencesAreRepeatedElements() {
        host.thenBody(Soap.output("Msvm_VirtualSystemMigrationService", "Check", "<p:ReturnValue>0</p:ReturnValue>"));
        session.invoke(
                CimInvocation.of(MIGRATION.singleton(), "Check")
                        .numbers("RequestedInformation", List.of(0, 1, 100))
                        .bytes("CompatibilityInfo", new byte[] {0, (byte) 200})
                        .references("SettingData", List.of(ONE, ONE))
                        .bool("Force", false)
                        .unsigned("Mask", -1)
                        .build(),
                LONG);
        assertThat(host.requests.get(0))
                .contains("<p:RequestedInformation>0</p:RequestedInformation><p:RequestedInformation>1"
                        + "</p:RequestedInformation><p:RequestedInformation>100</p:RequestedInformation>")
                .contains("<p:CompatibilityInfo>0</p:CompatibilityInfo><p:CompatibilityInfo>200</p:CompatibilityInfo>")
                .contains("<p:Force>false</p:Force><p:Mask>18446744073709551615</p:Mask>");
        assertThat(host.requests.get(0).split("<p:SettingData>", -1)).hasSize(3);
    }

    @Test
    void embeddedObjectsOfAnswersAreInTheNamespaceOfTheirClass() {
        String summary = "<p:SummaryInformation xmlns:q=\"" + Soap.VIRTUALIZATION + "Msvm_SummaryInformation\">"
                + "<q:Name>%s</q:Name><q:MemoryUsage>1024</q:MemoryUsage></p:SummaryInformation>";
        host.thenBody(Soap.output(
                "Msvm_VirtualSystemManagementService",
                "GetSummaryInformation",
                "<p:ReturnValue>0</p:ReturnValue>" + summary.formatted("a") + summary.formatted("b")));
        CimResult result = session.invoke(
                CimInvocation.of(
                                CimNamespace.VIRTUALIZATION
                                        .cimClass("Msvm_VirtualSystemManagementService")
                                        .singleton(),
                                "GetSummaryInformation")
                        .build(),
                LONG);
        assertThat(result.embedded("SummaryInformation"))
                .extracting(each -> each.cimClass().name() + " " + each.requiredText("Name"))
                .containsExactly("Msvm_SummaryInformation a", "Msvm_SummaryInformation b");
        assertThat(result.returnValue()).isZero();
    }

    @Test
    void anAnswerToAnotherRequestIsRefused() {
        host.then(200, Soap.envelope("MessageID>uuid:other<", Soap.guest("1", "a")));
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> session.get(ONE, LONG))
                .satisfies(each -> assertThat(each.kind()).isEqualTo(Kind.PROTOCOL));
    }

    @Test
    void aCallWithoutReturnValueMayHaveBeenDone() {
        host.thenBody("<p:Other xmlns:p=\"urn:x\"/>");
        assertThatExceptionOfType(CimException.class)
                .isThrownBy(() -> session.invoke(
                        CimInvocation.of(MIGRATION.singleton(), "Check").build(), LONG))
                .satisfies(each -> assertThat(each.isOutcomeUnknown()).isTrue());
    }
}
