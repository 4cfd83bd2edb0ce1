package io.drover.wsman;

import io.drover.answer.Words;
import io.drover.wsman.CimException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A session over WS-Management. It keeps a few connections to one host and connects when it first needs to, so that
 * one can be made while the host is away. For any thread.
 */
public final class WsmanSession implements CimSession {
    private final WsmanSettings settings;
    private final Envelopes envelopes;
    private final HttpExchanges exchanges;
    private final Consumer<? super WsmanExchange> listener;

    private WsmanSession(WsmanSettings settings, Consumer<? super WsmanExchange> listener) {
        this.listener = listener;
        this.settings = settings;
        this.envelopes = new Envelopes(settings.endpoint().toString(), settings.limits());
        this.exchanges = new HttpExchanges(settings, Prover.of(settings));
    }

    /** A session; nothing is sent yet. */
    public static WsmanSession of(WsmanSettings settings) {
        return of(settings, exchange -> {});
    }

    /**
     * A session that shows everything that goes over the wire; nothing is sent yet.
     *
     * @param listener is given each exchange that has brought an answer, faults too, by the thread that asked
     */
    public static WsmanSession of(WsmanSettings settings, Consumer<? super WsmanExchange> listener) {
        return new WsmanSession(settings, listener);
    }

    @Override
    public CimInstance get(CimReference target, Duration within) {
        Deadline deadline = Deadline.in(within);
        XmlElement instance = call(envelopes.get(target, deadline), true, deadline);
        return InstanceXml.instance(instance, target.cimClass().namespace());
    }

    @Override
    public void enumerate(CimQuery query, Duration within, Consumer<? super CimInstance> each) {
        new Listing(this, envelopes, query, Deadline.in(within))
                .run(false, item -> each.accept(InstanceXml.instance(item, query.namespace())));
    }

    @Override
    public List<CimReference> references(CimQuery query, Duration within) {
        List<CimReference> references = new ArrayList<>();
        new Listing(this, envelopes, query, Deadline.in(within))
                .run(true, item -> references.add(InstanceXml.reference(item)));
        return List.copyOf(references);
    }

    @Override
    public CimResult invoke(CimInvocation invocation, Duration within) {
        Deadline deadline = Deadline.in(within);
        XmlElement output = call(envelopes.invoke(invocation, deadline), false, deadline);
        try {
            if (!output.localName().equals(invocation.method() + "_OUTPUT")) {
                throw CimException.protocol(invocation + " is answered with " + Words.of(output.localName())
                        + " (expected: " + invocation.method() + "_OUTPUT)");
            }
            return InstanceXml.result(
                    invocation.method(), output, invocation.target().cimClass().namespace());
        } catch (CimException e) {
            throw e.withOutcomeUnknown();
        }
    }

    @Override
    public CimIdentity identify(Duration within) {
        XmlElement identity = call(envelopes.identify(), true, Deadline.in(within));
        if (!identity.is(Wire.IDENTITY, "IdentifyResponse")) {
            throw CimException.protocol("who answers at " + settings.endpoint() + " says "
                    + Words.of(identity.localName()) + " (expected: IdentifyResponse)");
        }
        return new CimIdentity(
                identityText(identity, "ProductVendor"),
                identityText(identity, "ProductVersion"),
                identityText(identity, "ProtocolVersion"));
    }

    private static String identityText(XmlElement identity, String name) {
        return identity.child(Wire.IDENTITY, name)
                .map(each -> Words.of(each.text()))
                .orElse("");
    }

    /** Makes a request, and gives the one element in the body of the answer. */
    XmlElement call(Envelopes.Request request, boolean repeatable, Deadline deadline) {
        long begun = System.nanoTime();
        HttpExchanges.Answer answer = exchanges.send(request, repeatable, deadline);
        listener.accept(new WsmanExchange(
                request.what(),
                request.document(),
                answer.status(),
                new String(answer.body(), StandardCharsets.UTF_8),
                Duration.ofNanos(System.nanoTime() - begun)));
        refusal(answer, request).ifPresent(refusal -> {
            throw refusal;
        });
        try {
            return content(answer, request);
        } catch (CimException e) {
            throw e.kind() == Kind.PROTOCOL ? e.withOutcomeUnknown() : e;
        }
    }

    /** Refusals by the web server in front, which has not passed the request on. */
    private Optional<CimException> refusal(HttpExchanges.Answer answer, Envelopes.Request request) {
        String what = request.what() + " at " + settings.endpoint() + ": HTTP " + answer.status();
        return switch (answer.status()) {
            case 401 ->
                Optional.of(CimException.of(Kind.UNAUTHORIZED, what)
                        .remedy(
                                "expected: an account of the host's domain that may use WinRM; for Kerberos the service HTTP/"
                                        + settings.endpoint().getHost() + " at the host's own account")
                        .build());
            case 403 ->
                Optional.of(CimException.of(Kind.ACCESS_DENIED, what)
                        .remedy("expected: a certificate or an account that the host's WinRM takes")
                        .build());
            case 404 ->
                Optional.of(CimException.of(Kind.PROTOCOL, what)
                        .remedy("expected: WinRM at the path " + WsmanSettings.PATH)
                        .build());
            case 413 ->
                Optional.of(CimException.of(Kind.ENCODING_LIMIT, what)
                        .remedy("expected: a larger MaxEnvelopeSizekb in winrm/config")
                        .build());
            case 503 ->
                Optional.of(CimException.of(Kind.TRANSPORT, what)
                        .remedy("expected: the service WinRM running")
                        .build());
            default -> Optional.empty();
        };
    }

    private XmlElement content(HttpExchanges.Answer answer, Envelopes.Request request) {
        String what = "the answer to " + request.what() + " (HTTP " + answer.status() + ")";
        XmlElement envelope = XmlReader.read(what, answer.body(), settings.limits());
        XmlElement body = envelope.child(Wire.SOAP, "Body")
                .filter(each -> envelope.is(Wire.SOAP, "Envelope"))
                .orElseThrow(() -> CimException.protocol(what + " is no SOAP 1.2 envelope"));
        Faults.in(body, request.what() + " at " + settings.endpoint()).ifPresent(fault -> {
            throw fault;
        });
        if (answer.status() != 200) {
            throw CimException.protocol(what + " has no fault (expected: HTTP 200, or a fault)");
        }
        checkRelation(envelope, request, what);
        // A release is answered with nothing.
        return body.children().stream().findFirst().orElse(body);
    }

    private static void checkRelation(XmlElement envelope, Envelopes.Request request, String what) {
        Optional<String> relatesTo = envelope.child(Wire.SOAP, "Header")
                .flatMap(each -> each.child(Wire.ADDRESSING, "RelatesTo"))
                .map(each -> each.text().strip());
        if (relatesTo.isPresent()
                && !request.messageId().isEmpty()
                && !relatesTo.get().equalsIgnoreCase(request.messageId())) {
            throw CimException.protocol(what + " belongs to another request");
        }
    }

    @Override
    public void close() {
        exchanges.close();
    }
}
