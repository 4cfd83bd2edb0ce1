package io.drover.sim.hyperv.wire;

import io.drover.sim.hyperv.repository.Xml;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.xml.datatype.DatatypeConfigurationException;
import javax.xml.datatype.DatatypeFactory;
import org.w3c.dom.Element;

/**
 * A request as it came, with its headers checked.
 *
 * @param action what is to be done
 * @param messageId of the request
 * @param resourceUri of what, empty if it names none
 * @param selectors keys of the object
 * @param envelopeMax bytes that the caller takes
 * @param timeout how long the caller waits
 * @param body first element of the body, if there is one
 */
record Request(
        String action,
        String messageId,
        String resourceUri,
        SortedMap<String, String> selectors,
        int envelopeMax,
        Duration timeout,
        Optional<Element> body) {
    /** WinRM's default for MaxEnvelopeSizekb, in bytes. */
    private static final int ENVELOPE_DEFAULT = 500 << 10;

    private static final int ENVELOPE_MIN = 8192;

    /** WinRM's default for MaxTimeoutms. */
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);

    private static final Set<String> UNDERSTOOD = Set.of(
            "{" + Names.ADDRESSING + "}To",
            "{" + Names.ADDRESSING + "}Action",
            "{" + Names.ADDRESSING + "}MessageID",
            "{" + Names.ADDRESSING + "}ReplyTo",
            "{" + Names.ADDRESSING + "}FaultTo",
            "{" + Names.ADDRESSING + "}From",
            "{" + Names.ADDRESSING + "}RelatesTo",
            "{" + Names.WSMAN + "}ResourceURI",
            "{" + Names.WSMAN + "}MaxEnvelopeSize",
            "{" + Names.WSMAN + "}OperationTimeout",
            "{" + Names.WSMAN + "}SelectorSet",
            "{" + Names.WSMAN + "}OptionSet",
            "{" + Names.WSMAN + "}Locale",
            "{" + Names.WSMAN_MICROSOFT + "}DataLocale",
            "{" + Names.WSMAN_MICROSOFT + "}SessionId",
            "{" + Names.WSMAN_MICROSOFT + "}OperationID",
            "{" + Names.WSMAN_MICROSOFT + "}SequenceId");

    /** Whether an envelope asks who answers: the only request that needs no headers. */
    static boolean isIdentify(Element envelope) {
        return Xml.child(envelope, Names.SOAP, "Body")
                .flatMap(body -> Xml.child(body, Names.IDENTITY, "Identify"))
                .isPresent();
    }

    static Request read(Element envelope) {
        if (!Xml.is(envelope, Names.SOAP, "Envelope")) {
            throw WsmanFault.schema("The root is no envelope of SOAP 1.2.");
        }
        Element header =
                Xml.child(envelope, Names.SOAP, "Header").orElseThrow(() -> WsmanFault.header("There is no header."));
        Element body =
                Xml.child(envelope, Names.SOAP, "Body").orElseThrow(() -> WsmanFault.schema("There is no body."));
        Xml.children(header).forEach(Request::checkUnderstood);
        required(header, Names.ADDRESSING, "To");
        String action = required(header, Names.ADDRESSING, "Action");
        String messageId = required(header, Names.ADDRESSING, "MessageID");
        checkReplyTo(header);
        List<Element> content = Xml.children(body);
        return new Request(
                action,
                messageId,
                optional(header, Names.WSMAN, "ResourceURI").orElse(""),
                selectors(Xml.child(header, Names.WSMAN, "SelectorSet")),
                envelopeMax(header),
                timeout(header),
                content.stream().findFirst());
    }

    private static void checkUnderstood(Element each) {
        String flag = each.getAttributeNS(Names.SOAP, "mustUnderstand");
        String name = "{" + each.getNamespaceURI() + "}" + each.getLocalName();
        if ((flag.equals("true") || flag.equals("1")) && !UNDERSTOOD.contains(name)) {
            throw new WsmanFault(
                    "s:MustUnderstand", true, 2150858771L, 0, "The header " + name + " is not understood.");
        }
    }

    private static void checkReplyTo(Element header) {
        String address = Xml.child(header, Names.ADDRESSING, "ReplyTo")
                .flatMap(each -> Xml.child(each, Names.ADDRESSING, "Address"))
                .map(Xml::text)
                .orElseThrow(() -> WsmanFault.header("ReplyTo is missing."));
        if (!address.equals(Names.ANONYMOUS)) {
            throw WsmanFault.header("ReplyTo is '" + address + "' (expected: " + Names.ANONYMOUS + ").");
        }
    }

    private static String required(Element header, String namespace, String name) {
        return optional(header, namespace, name)
                .filter(each -> !each.isEmpty())
                .orElseThrow(() -> WsmanFault.header(name + " is missing."));
    }

    private static Optional<String> optional(Element header, String namespace, String name) {
        return Xml.child(header, namespace, name).map(Xml::text);
    }

    /** Reads a set of selectors, also that of a reference. */
    static SortedMap<String, String> selectors(Optional<Element> set) {
        SortedMap<String, String> selectors = new TreeMap<>();
        for (Element each : set.map(Xml::children).orElse(List.of())) {
            String name = each.getAttribute("Name");
            if (!Xml.is(each, Names.WSMAN, "Selector") || name.isEmpty()) {
                throw WsmanFault.schema("A selector has no name.");
            }
            if (!name.equals("__cimnamespace") && selectors.put(name, Xml.text(each)) != null) {
                throw WsmanFault.selectors("The selector '" + name + "' is there twice.");
            }
        }
        return selectors;
    }

    private static int envelopeMax(Element header) {
        try {
            long size = optional(header, Names.WSMAN, "MaxEnvelopeSize")
                    .filter(each -> !each.equals("0"))
                    .map(Long::valueOf)
                    .orElse((long) ENVELOPE_DEFAULT);
            if (size < ENVELOPE_MIN) {
                throw new WsmanFault(
                        "w:EncodingLimit", true, 2150858790L, 0, "MaxEnvelopeSize is less than " + ENVELOPE_MIN + ".");
            }
            return (int) Math.min(size, ENVELOPE_DEFAULT);
        } catch (NumberFormatException e) {
            throw WsmanFault.header("MaxEnvelopeSize is no number.");
        }
    }

    /** As XML Schema writes it: also with years and months, of which nobody has any here. */
    private static Duration duration(String text) {
        try {
            javax.xml.datatype.Duration read = DatatypeFactory.newInstance().newDuration(text);
            long days = 365L * read.getYears() + 30L * read.getMonths() + read.getDays();
            return Duration.ofDays(days)
                    .plusHours(read.getHours())
                    .plusMinutes(read.getMinutes())
                    .plusSeconds(read.getSeconds())
                    .multipliedBy(read.getSign());
        } catch (DatatypeConfigurationException e) {
            throw new IllegalStateException("this JVM has no data types of XML Schema", e);
        }
    }

    private static Duration timeout(Element header) {
        try {
            Duration asked = optional(header, Names.WSMAN, "OperationTimeout")
                    .map(Request::duration)
                    .orElse(TIMEOUT_MAX);
            return asked.compareTo(TIMEOUT_MAX) > 0 ? TIMEOUT_MAX : asked;
        } catch (IllegalArgumentException e) {
            throw WsmanFault.header("OperationTimeout is no duration.");
        }
    }
}
