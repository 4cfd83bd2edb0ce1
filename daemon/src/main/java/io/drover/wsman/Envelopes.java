package io.drover.wsman;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Writes requests. */
final class Envelopes {
    /**
     * What the host is told of time is a little less than what there is, so that its own word on being late arrives:
     * it says that the request was read, which silence does not.
     */
    private static final int TIME_PERCENT = 90;

    private static final long TIME_MIN_MS = 500;

    private final String endpoint;
    private final WsmanLimits limits;

    Envelopes(String endpoint, WsmanLimits limits) {
        this.endpoint = endpoint;
        this.limits = limits;
    }

    /**
     * A request.
     *
     * @param what what it asks, for texts of failures
     * @param messageId what the answer must refer to; empty if it need not
     * @param document the envelope
     */
    record Request(String what, String messageId, String document) {}

    Request get(CimReference target, Deadline deadline) {
        return write(
                "reading " + target.cimClass().name(),
                Wire.TRANSFER + "/Get",
                target.cimClass().uri(),
                Optional.of(target),
                "",
                deadline);
    }

    Request invoke(CimInvocation invocation, Deadline deadline) {
        CimClass cimClass = invocation.target().cimClass();
        StringBuilder body =
                new StringBuilder("<p:").append(invocation.method()).append("_INPUT xmlns:p=\"");
        body.append(cimClass.uri()).append("\">");
        for (Map.Entry<String, List<CimValue>> each : invocation.parameters().entrySet()) {
            each.getValue().forEach(value -> parameter(body, each.getKey(), value));
        }
        body.append("</p:").append(invocation.method()).append("_INPUT>");
        return write(
                invocation.toString(),
                cimClass.uri() + "/" + invocation.method(),
                cimClass.uri(),
                Optional.of(invocation.target()),
                body.toString(),
                deadline);
    }

    /**
     * Begins a listing.
     *
     * @param batch how many rows may be in an answer; 0 to ask for the plain way, which hosts answer with one at a time
     */
    Request enumerate(CimQuery query, boolean references, int batch, Deadline deadline) {
        StringBuilder body = new StringBuilder("<n:Enumerate>");
        if (batch > 0) {
            body.append("<w:OptimizeEnumeration/><w:MaxElements>").append(batch).append("</w:MaxElements>");
        }
        body.append("<w:Filter Dialect=\"").append(Wire.WQL).append("\">");
        XmlText.escape(body, query.wql());
        body.append("</w:Filter>");
        if (references) {
            body.append("<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>");
        }
        body.append("</n:Enumerate>");
        return write(
                "listing from " + query.namespace(),
                Wire.ENUMERATION + "/Enumerate",
                everyClass(query),
                Optional.empty(),
                body.toString(),
                deadline);
    }

    Request pull(CimQuery query, String context, int batch, Deadline deadline) {
        StringBuilder body = new StringBuilder("<n:Pull>");
        XmlText.element(body, "n:EnumerationContext", context);
        if (batch > 0) {
            body.append("<n:MaxElements>").append(batch).append("</n:MaxElements>");
        }
        return write(
                "listing on from " + query.namespace(),
                Wire.ENUMERATION + "/Pull",
                everyClass(query),
                Optional.empty(),
                body.append("</n:Pull>").toString(),
                deadline);
    }

    Request release(CimQuery query, String context, Deadline deadline) {
        StringBuilder body = new StringBuilder("<n:Release>");
        XmlText.element(body, "n:EnumerationContext", context);
        return write(
                "ending a listing",
                Wire.ENUMERATION + "/Release",
                everyClass(query),
                Optional.empty(),
                body.append("</n:Release>").toString(),
                deadline);
    }

    Request identify() {
        String xml = "<s:Envelope xmlns:s=\"" + Wire.SOAP + "\" xmlns:i=\"" + Wire.IDENTITY
                + "\"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>";
        return new Request("asking who answers", "", xml);
    }

    /** With WQL the resource is every class of the namespace; a real host refuses a single one. */
    private static String everyClass(CimQuery query) {
        return CimClass.URI_PREFIX + query.namespace().path() + "/*";
    }

    private Request write(
            String what,
            String action,
            String resource,
            Optional<CimReference> target,
            String body,
            Deadline deadline) {
        String messageId = "uuid:" + UUID.randomUUID();
        StringBuilder xml = new StringBuilder(1024 + body.length());
        xml.append("<s:Envelope xmlns:s=\"")
                .append(Wire.SOAP)
                .append("\" xmlns:a=\"")
                .append(Wire.ADDRESSING);
        xml.append("\" xmlns:n=\"")
                .append(Wire.ENUMERATION)
                .append("\" xmlns:w=\"")
                .append(Wire.WSMAN);
        xml.append("\"><s:Header>");
        XmlText.element(xml, "a:To", endpoint);
        required(xml, "w:ResourceURI", resource);
        xml.append("<a:ReplyTo>");
        required(xml, "a:Address", Wire.ANONYMOUS);
        xml.append("</a:ReplyTo>");
        required(xml, "a:Action", action);
        required(xml, "w:MaxEnvelopeSize", Integer.toString(limits.envelopeBytes()));
        XmlText.element(xml, "a:MessageID", messageId);
        xml.append("<w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>");
        XmlText.element(xml, "w:OperationTimeout", operationTimeout(deadline));
        target.ifPresent(each -> selectors(xml, each));
        xml.append("</s:Header><s:Body>").append(body).append("</s:Body></s:Envelope>");
        return new Request(what, messageId, xml.toString());
    }

    private static void required(StringBuilder xml, String name, String text) {
        xml.append('<').append(name).append(" s:mustUnderstand=\"true\">");
        XmlText.escape(xml, text);
        xml.append("</").append(name).append('>');
    }

    private String operationTimeout(Deadline deadline) {
        long ms = Math.min(
                deadline.remainingNs() / 1_000_000 * TIME_PERCENT / 100,
                limits.operationTimeout().toMillis());
        ms = Math.max(ms, TIME_MIN_MS);
        String fraction = Long.toString(1000 + ms % 1000).substring(1);
        return "PT" + ms / 1000 + "." + fraction + "S";
    }

    private static void parameter(StringBuilder xml, String name, CimValue value) {
        String element = "p:" + name;
        if (value instanceof CimValue.Text text) {
            XmlText.element(xml, element, text.text());
        } else if (value instanceof CimValue.Reference reference) {
            // Without a:EndpointReference around it: with it a real host finds the schema violated.
            xml.append('<').append(element).append('>');
            XmlText.element(xml, "a:Address", Wire.ANONYMOUS);
            xml.append("<a:ReferenceParameters>");
            XmlText.element(xml, "w:ResourceURI", reference.target().cimClass().uri());
            selectors(xml, reference.target());
            xml.append("</a:ReferenceParameters></").append(element).append('>');
        } else {
            throw new IllegalArgumentException(
                    "parameter " + name + " is " + value + " (expected: text or a reference)");
        }
    }

    private static void selectors(StringBuilder xml, CimReference target) {
        xml.append("<w:SelectorSet>");
        for (Map.Entry<String, String> each : target.keys().entrySet()) {
            xml.append("<w:Selector Name=\"");
            XmlText.escape(xml, each.getKey());
            xml.append("\">");
            XmlText.escape(xml, each.getValue());
            xml.append("</w:Selector>");
        }
        xml.append("</w:SelectorSet>");
    }
}
