package io.drover.wsman;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers as a real host writes them; shapes after recordings of one, contents made up. */
final class Soap {
    static final String VIRTUALIZATION = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";
    private static final Pattern MESSAGE_ID = Pattern.compile("MessageID>([^<]+)<");

    private Soap() {}

    static String envelope(String request, String body) {
        Matcher id = MESSAGE_ID.matcher(request);
        String relation =
                id.find() ? "<a:RelatesTo>" + id.group(1).toUpperCase(java.util.Locale.ROOT) + "</a:RelatesTo>" : "";
        return "<s:Envelope xml:lang=\"ja-JP\" xmlns:s=\"" + Wire.SOAP + "\" xmlns:a=\"" + Wire.ADDRESSING
                + "\" xmlns:n=\"" + Wire.ENUMERATION + "\" xmlns:w=\"" + Wire.WSMAN + "\"><s:Header>" + relation
                + "</s:Header><s:Body>" + body + "</s:Body></s:Envelope>";
    }

    static String fault(String subcode, String detail) {
        return envelope(
                "",
                "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>" + subcode
                        + "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"ja-JP\">要求を処理できません。"
                        + "</s:Text></s:Reason><s:Detail>" + detail + "</s:Detail></s:Fault>");
    }

    static String wsmanFault(long code) {
        return "<f:WSManFault xmlns:f=\"" + Wire.FAULT + "\" Code=\"" + code
                + "\" Machine=\"hv1\"><f:Message>エラー</f:Message></f:WSManFault>";
    }

    static String wmiFault(long wsmanCode, long wmiCode) {
        return "<f:WSManFault xmlns:f=\"" + Wire.FAULT + "\" Code=\"" + wsmanCode + "\" Machine=\"hv1\"><f:Message>"
                + "<f:ProviderFault provider=\"WMI Provider\"><f:WSManFault Code=\"" + wmiCode
                + "\"><f:Message>見つかりません</f:Message></f:WSManFault><f:ExtendedError>"
                + "<p:__ExtendedStatus xmlns:p=\"urn:x\"/></f:ExtendedError></f:ProviderFault></f:Message></f:WSManFault>"
                + "<m:MSFT_WmiError xmlns:m=\"urn:wmi\"><m:error_Code>" + wmiCode + "</m:error_Code></m:MSFT_WmiError>";
    }

    /** A guest: localised texts, nil scalars, absent arrays, arrays of repeated elements, points in time, intervals. */
    static String guest(String name, String elementName) {
        return """
            <p:Msvm_ComputerSystem xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                xmlns:p="%1$sMsvm_ComputerSystem" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common"
                xsi:type="p:Msvm_ComputerSystem_Type">
              <p:Caption>仮想マシン</p:Caption>
              <p:CommunicationStatus xsi:nil="true"/>
              <p:CreationClassName>Msvm_ComputerSystem</p:CreationClassName>
              <p:Description>Microsoft 仮想マシン</p:Description>
              <p:ElementName>%3$s</p:ElementName>
              <p:EnabledState>2</p:EnabledState>
              <p:HwThreadsPerCoreRealized>0</p:HwThreadsPerCoreRealized>
              <p:InstallDate><cim:Datetime>2025-12-17T09:55:22.702341Z</cim:Datetime></p:InstallDate>
              <p:Name>%2$s</p:Name>
              <p:OnTimeInMilliseconds>18446744073709551615</p:OnTimeInMilliseconds>
              <p:OperationalStatus>2</p:OperationalStatus>
              <p:OperationalStatus>32774</p:OperationalStatus>
              <p:Primordial>True</p:Primordial>
              <p:TimeOfLastStateChange><cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime></p:TimeOfLastStateChange>
              <p:Elapsed><cim:Interval>P1DT2H3M4.5S</cim:Interval></p:Elapsed>
            </p:Msvm_ComputerSystem>""".formatted(VIRTUALIZATION, name, elementName);
    }

    /** A pointer, as out parameters and properties hold it. */
    static String pointer(String cimClass, String key, String value) {
        return "<a:Address>" + Wire.ANONYMOUS + "</a:Address><a:ReferenceParameters><w:ResourceURI>" + VIRTUALIZATION
                + cimClass + "</w:ResourceURI><w:SelectorSet><w:Selector Name=\"__cimnamespace\">root/virtualization/v2"
                + "</w:Selector><w:Selector Name=\"" + key + "\">" + value
                + "</w:Selector></w:SelectorSet></a:ReferenceParameters>";
    }

    static String enumerated(String context, String items, boolean end) {
        return "<n:EnumerateResponse><n:EnumerationContext>" + context + "</n:EnumerationContext>"
                + (items.isEmpty() && !end ? "" : "<w:Items>" + items + "</w:Items>")
                + (end ? "<w:EndOfSequence/>" : "") + "</n:EnumerateResponse>";
    }

    static String pulled(String context, String items, boolean end) {
        return "<n:PullResponse>" + (end ? "" : "<n:EnumerationContext>" + context + "</n:EnumerationContext>")
                + "<n:Items>" + items + "</n:Items>" + (end ? "<n:EndOfSequence/>" : "") + "</n:PullResponse>";
    }

    static String output(String cimClass, String method, String parameters) {
        return "<p:" + method + "_OUTPUT xmlns:p=\"" + VIRTUALIZATION + cimClass + "\">" + parameters + "</p:" + method
                + "_OUTPUT>";
    }
}
