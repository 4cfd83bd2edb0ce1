package io.drover.sim.hyperv.wire;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.misbehaviour.Misbehaviours;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Methods;
import io.drover.sim.hyperv.repository.Repository;
import io.drover.sim.hyperv.repository.Xml;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Method;
import io.drover.sim.hyperv.schema.Schema;
import io.drover.sim.hyperv.wql.Results;
import io.drover.sim.hyperv.wql.Wql;
import io.drover.sim.hyperv.wql.WqlException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.w3c.dom.Element;

/** Answers the requests of WS-Management that a host gets. Not for many threads. */
public final class WsmanService {
    private static final Logger LOG = System.getLogger(WsmanService.class.getName());
    private static final int ENVELOPE_OVERHEAD = 2048;
    /** MaxEnvelopeSizekb of winrm/config, as it comes with Windows. */
    private static final int REQUEST_MAX = 500 << 10;

    /** What hosts call themselves before strangers. */
    private static final String NO_VERSION = "0.0.0";

    private static final int ITEMS_MAX = 32_000;

    private final Repository repository;
    private final Methods methods;
    private final Misbehaviours misbehaviours;
    private final Enumerations enumerations;
    private final String version;
    private final String language;

    /**
     * Over a host.
     *
     * @param version of Windows, such as {@code 10.0.20348}
     * @param language of texts, such as {@code en-US}
     */
    public WsmanService(
            Repository repository,
            Methods methods,
            Misbehaviours misbehaviours,
            InstantSource clock,
            String version,
            String language) {
        this.repository = repository;
        this.methods = methods;
        this.misbehaviours = misbehaviours;
        this.enumerations = new Enumerations(clock);
        this.version = version;
        this.language = language;
    }

    /**
     * An answer, and when it goes out.
     *
     * @param status of HTTP
     * @param envelope the text
     * @param delay by which it is late
     */
    public record Answer(int status, String envelope, Duration delay) {}

    /** Forgets all enumerations, as a service that starts anew. */
    public void restart() {
        enumerations.endAll();
    }

    /** Answers one request of a caller who has not said who it is: all that it learns is that a host is here. */
    public Optional<Answer> answerAnonymously(byte[] bytes) {
        boolean isIdentify = bytes.length <= REQUEST_MAX
                && Xml.parse(bytes).map(Request::isIdentify).orElse(false);
        return isIdentify ? Optional.of(now(Response.identity(NO_VERSION))) : Optional.empty();
    }

    /** Answers one request. */
    public Answer answer(byte[] bytes) {
        if (bytes.length > REQUEST_MAX) {
            return now(Response.fault(
                    new WsmanFault(
                            "w:EncodingLimit",
                            true,
                            2150858790L,
                            0,
                            "The request is larger than " + REQUEST_MAX + " bytes."),
                    "",
                    language));
        }
        Optional<Element> envelope = Xml.parse(bytes);
        if (envelope.isEmpty()) {
            return now(Response.fault(WsmanFault.schema("The request is no XML."), "", language));
        }
        if (Request.isIdentify(envelope.get())) {
            return now(Response.identity(version));
        }
        String messageId = messageId(envelope.get());
        try {
            Request request = Request.read(envelope.get());
            Response response = handle(request);
            if (misbehaviours.has(Misbehaviour.SLOW_PROVIDER)) {
                Response late = Response.fault(WsmanFault.timedOut(), messageId, language);
                return new Answer(late.status(), late.envelope(), request.timeout());
            }
            checkSize(request, response.envelope());
            return now(response);
        } catch (WsmanFault fault) {
            return now(Response.fault(fault, messageId, language));
        } catch (RuntimeException | StackOverflowError e) {
            LOG.log(Level.ERROR, "an emulated host failed to answer", e);
            WsmanFault fault = new WsmanFault("w:InternalError", false, 2150858819L, 0, "The emulation failed: " + e);
            return now(Response.fault(fault, messageId, language));
        }
    }

    private static Answer now(Response response) {
        return new Answer(response.status(), response.envelope(), Duration.ZERO);
    }

    private static String messageId(Element envelope) {
        return Xml.child(envelope, Names.SOAP, "Header")
                .flatMap(header -> Xml.child(header, Names.ADDRESSING, "MessageID"))
                .map(Xml::text)
                .orElse("");
    }

    private void checkSize(Request request, String envelope) {
        boolean isTooLarge = misbehaviours.has(Misbehaviour.ENVELOPE_TOO_LARGE)
                || envelope.getBytes(StandardCharsets.UTF_8).length > request.envelopeMax();
        if (isTooLarge) {
            throw new WsmanFault(
                    "w:EncodingLimit",
                    true,
                    2150858790L,
                    0,
                    "The answer is larger than " + request.envelopeMax() + " bytes.");
        }
    }

    private Response handle(Request request) {
        return switch (request.action()) {
            case Names.TRANSFER + "/Get" -> get(request);
            case Names.ENUMERATION + "/Enumerate" -> enumerate(request);
            case Names.ENUMERATION + "/Pull" -> pull(request);
            case Names.ENUMERATION + "/Release" -> release(request);
            default -> invoke(request);
        };
    }

    private Schema schema() {
        return repository.schema();
    }

    private Response get(Request request) {
        CimClass type = Resources.classOf(schema(), request.resourceUri());
        CimObject object = Resources.object(repository, type, request.selectors());
        return Response.of(request, Names.TRANSFER + "/GetResponse", InstanceXml.object(object), language);
    }

    private Response invoke(Request request) {
        int end = request.action().lastIndexOf('/');
        if (end < 0 || !request.action().substring(0, end).equals(request.resourceUri())) {
            throw new WsmanFault(
                    "a:ActionNotSupported",
                    true,
                    2150858755L,
                    0,
                    "The action " + request.action() + " is not one of " + request.resourceUri() + ".");
        }
        CimClass type = Resources.classOf(schema(), request.resourceUri());
        String name = Resources.lastOf(request.action());
        Method method = type.method(name)
                .orElseThrow(() -> new WsmanFault(
                        "a:ActionNotSupported",
                        true,
                        2150858755L,
                        0x80041055L,
                        type.name() + " has no method " + name + "."));
        CimObject target = Resources.object(repository, type, request.selectors());
        Element body = request.body().orElseThrow(() -> WsmanFault.schema("There is nothing in the body."));
        Parameters parameters = new Parameters(schema());
        Map<String, Object> outputs = methods.invoke(target, method, parameters.read(type, method, body));
        return Response.of(request, request.action() + "Response", Parameters.write(type, method, outputs), language);
    }

    // ---- enumerations

    private Response enumerate(Request request) {
        Element body = request.body()
                .filter(each -> Xml.is(each, Names.ENUMERATION, "Enumerate"))
                .orElseThrow(() -> WsmanFault.schema("There is no Enumerate in the body."));
        boolean wantsReferences = Xml.child(body, Names.WSMAN, "EnumerationMode")
                .map(Xml::text)
                .map(WsmanService::isReferenceMode)
                .orElse(false);
        Deque<String> items = new ArrayDeque<>(items(found(request, body), wantsReferences));
        StringBuilder xml = new StringBuilder("<n:EnumerateResponse>");
        if (Xml.child(body, Names.WSMAN, "OptimizeEnumeration").isPresent()) {
            String first = taken(items, elementsMax(body, Names.WSMAN), request.envelopeMax());
            String context = items.isEmpty() ? "" : enumerations.begin(List.copyOf(items));
            xml.append("<n:EnumerationContext>").append(context).append("</n:EnumerationContext><w:Items>");
            xml.append(first).append("</w:Items>").append(items.isEmpty() ? "<w:EndOfSequence/>" : "");
        } else {
            String context = enumerations.begin(List.copyOf(items));
            xml.append("<n:EnumerationContext>").append(context).append("</n:EnumerationContext>");
        }
        xml.append("</n:EnumerateResponse>");
        return Response.of(request, Names.ENUMERATION + "/EnumerateResponse", xml.toString(), language);
    }

    private static boolean isReferenceMode(String mode) {
        return switch (mode) {
            case "EnumerateEPR" -> true;
            case "EnumerateObject" -> false;
            default -> throw new WsmanFault("w:UnsupportedFeature", true, 2150858789L, 0, "The mode '" + mode + "'.");
        };
    }

    private Results found(Request request, Element body) {
        String namespace = Resources.namespaceOf(schema(), request.resourceUri());
        boolean isAll = Resources.lastOf(request.resourceUri()).equals(Resources.ALL);
        Optional<Element> filter = Xml.child(body, Names.WSMAN, "Filter");
        if (filter.isEmpty()) {
            if (isAll) {
                throw WsmanFault.filter("There is no filter, and the resource URI names no class.", 0);
            }
            CimClass type = Resources.classOf(schema(), request.resourceUri());
            return new Results(repository.familyOf(type), List.of());
        }
        String dialect = filter.get().getAttribute("Dialect");
        if (!dialect.equals(Names.WQL_DIALECT)) {
            throw new WsmanFault(
                    "w:FilterDialectRequestedUnavailable", true, 2150858757L, 0, "The dialect '" + dialect + "'.");
        }
        if (!isAll) {
            throw WsmanFault.filter("A query needs a resource URI that ends in /* and names no class.", 0);
        }
        try {
            return new Wql(repository).run(namespace, Xml.text(filter.get()));
        } catch (WqlException e) {
            throw WsmanFault.filter(e.reason(), e.code());
        }
    }

    private static List<String> items(Results results, boolean wantsReferences) {
        return results.objects().stream()
                .map(each -> wantsReferences
                        ? "<a:EndpointReference>" + InstanceXml.reference(each.ref()) + "</a:EndpointReference>"
                        : results.projection().isEmpty()
                                ? InstanceXml.object(each)
                                : InstanceXml.fragment(each, results.projection()))
                .toList();
    }

    private Response pull(Request request) {
        Element body = request.body()
                .filter(each -> Xml.is(each, Names.ENUMERATION, "Pull"))
                .orElseThrow(() -> WsmanFault.schema("There is no Pull in the body."));
        String context = context(body);
        if (misbehaviours.has(Misbehaviour.ENUMERATION_EXPIRES)) {
            enumerations.end(context);
        }
        Deque<String> items = enumerations.find(context).orElseThrow(WsmanService::unknownContext);
        String taken = taken(items, elementsMax(body, Names.ENUMERATION), request.envelopeMax());
        boolean isEnd = items.isEmpty();
        if (isEnd) {
            enumerations.end(context);
        }
        String xml = "<n:PullResponse>"
                + (isEnd ? "" : "<n:EnumerationContext>" + context + "</n:EnumerationContext>")
                + "<n:Items>" + taken + "</n:Items>" + (isEnd ? "<n:EndOfSequence/>" : "") + "</n:PullResponse>";
        return Response.of(request, Names.ENUMERATION + "/PullResponse", xml, language);
    }

    private Response release(Request request) {
        Element body = request.body()
                .filter(each -> Xml.is(each, Names.ENUMERATION, "Release"))
                .orElseThrow(() -> WsmanFault.schema("There is no Release in the body."));
        enumerations.end(context(body));
        return Response.of(request, Names.ENUMERATION + "/ReleaseResponse", "", language);
    }

    private static WsmanFault unknownContext() {
        return new WsmanFault(
                "n:InvalidEnumerationContext", true, 2150858884L, 0, "The enumeration is unknown or was forgotten.");
    }

    private static String context(Element body) {
        return Xml.child(body, Names.ENUMERATION, "EnumerationContext")
                .map(Xml::text)
                .orElseThrow(() -> WsmanFault.schema("There is no EnumerationContext."));
    }

    /** One, unless the caller says how many. */
    private static int elementsMax(Element body, String namespace) {
        try {
            int max = Xml.child(body, namespace, "MaxElements")
                    .map(Xml::text)
                    .map(Integer::valueOf)
                    .orElse(1);
            if (max >= 1) {
                return Math.min(max, ITEMS_MAX);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw WsmanFault.schema("MaxElements is no number from 1.");
    }

    /** The first items, as many as are asked for and fit into the envelope, but at least one. */
    private static String taken(Deque<String> items, int max, int envelopeMax) {
        StringBuilder xml = new StringBuilder();
        int bytes = ENVELOPE_OVERHEAD;
        for (int count = 0; count < max && !items.isEmpty(); count++) {
            bytes += items.element().getBytes(StandardCharsets.UTF_8).length;
            if (count > 0 && bytes > envelopeMax) {
                break;
            }
            xml.append(items.remove());
        }
        return xml.toString();
    }
}
