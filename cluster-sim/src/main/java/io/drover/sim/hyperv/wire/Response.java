package io.drover.sim.hyperv.wire;

import io.drover.sim.hyperv.repository.Xml;
import java.util.UUID;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param envelope the text
 */
record Response(int status, String envelope) {
    private static final String PREFIXES = " xmlns:s=\"" + Names.SOAP + "\" xmlns:a=\"" + Names.ADDRESSING
            + "\" xmlns:n=\"" + Names.ENUMERATION + "\" xmlns:w=\"" + Names.WSMAN + "\"";

    static Response of(Request request, String action, String body, String language) {
        return new Response(200, envelope(action, request.messageId(), body, language));
    }

    static Response identity(String version) {
        return new Response(
                200,
                "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"" + Names.SOAP
                        + "\"><s:Header/><s:Body><wsmid:IdentifyResponse"
                        + " xmlns:wsmid=\"" + Names.IDENTITY + "\"><wsmid:ProtocolVersion>" + Names.WSMAN
                        + "</wsmid:ProtocolVersion><wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
                        + "<wsmid:ProductVersion>OS: " + version + " SP: 0.0 Stack: 3.0</wsmid:ProductVersion>"
                        + "</wsmid:IdentifyResponse></s:Body></s:Envelope>");
    }

    static Response fault(WsmanFault fault, String relatesTo, String language) {
        String detail = "<f:WSManFault xmlns:f=\"" + Names.FAULT + "\" Code=\"" + fault.code()
                + "\" Machine=\"emulated\"><f:Message>" + Xml.escape(fault.reason())
                + "</f:Message></f:WSManFault>";
        if (fault.wmiError() != 0) {
            detail += "<p:MSFT_WmiError xmlns:p=\"" + Names.WMI_ERROR + "\" xmlns:xsi=\"" + Names.XSI
                    + "\" xsi:type=\"p:MSFT_WmiError_Type\"><p:error_Category>0</p:error_Category><p:error_Code>"
                    + fault.wmiError() + "</p:error_Code><p:error_Type>HRESULT</p:error_Type></p:MSFT_WmiError>";
        }
        String body = "<s:Fault><s:Code><s:Value>s:" + (fault.isSenders() ? "Sender" : "Receiver") + "</s:Value>"
                + "<s:Subcode><s:Value>" + fault.subcode()
                + "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\""
                + language + "\">" + Xml.escape(fault.reason()) + "</s:Text></s:Reason><s:Detail>" + detail
                + "</s:Detail></s:Fault>";
        return new Response(500, envelope(Names.FAULT_ACTION, relatesTo, body, language));
    }

    private static String envelope(String action, String relatesTo, String body, String language) {
        return "<s:Envelope xml:lang=\"" + language + "\"" + PREFIXES + "><s:Header><a:Action>" + Xml.escape(action)
                + "</a:Action><a:MessageID>uuid:" + UUID.randomUUID() + "</a:MessageID><a:To>" + Names.ANONYMOUS
                + "</a:To>" + (relatesTo.isEmpty() ? "" : "<a:RelatesTo>" + Xml.escape(relatesTo) + "</a:RelatesTo>")
                + "</s:Header><s:Body>" + body + "</s:Body></s:Envelope>";
    }
}
