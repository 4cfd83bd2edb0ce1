package io.drover.wsman;

import io.drover.answer.Words;
import io.drover.wsman.CimException.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One enumeration, from its beginning to its end marker. Hosts are asked to send as many rows with each answer as fit,
 * the first answer included; they may send one at a time.
 */
final class Listing {
    /** Reasons for a host to refuse the quick way, which the plain way may not meet. */
    private static final Set<Kind> PLAIN_MAY_WORK = EnumSet.of(Kind.ENCODING_LIMIT, Kind.SCHEMA_VALIDATION);

    /** Answers without rows and without an end, one after the other, that are borne. */
    private static final int EMPTY_ANSWERS_MAX = 10;

    private static final Duration RELEASE_TIME = Duration.ofSeconds(2);

    private final Envelopes envelopes;
    private final WsmanSession session;
    private final CimQuery query;
    private final Deadline deadline;
    private int rows;
    private int batch;

    Listing(WsmanSession session, Envelopes envelopes, CimQuery query, Deadline deadline) {
        this.session = session;
        this.envelopes = envelopes;
        this.query = query;
        this.deadline = deadline;
        this.batch = query.batch();
    }

    /** Gives each item, as the host wrote it, to the consumer. */
    void run(boolean references, Consumer<XmlElement> each) {
        Page page = begin(references);
        int empty = 0;
        while (true) {
            try {
                page.items.forEach(item -> take(item, each));
            } catch (RuntimeException e) {
                page.context.ifPresent(this::release);
                throw e;
            }
            if (page.end) {
                return;
            }
            empty = page.items.isEmpty() ? empty + 1 : 0;
            String context = page.context.orElseThrow(() -> CimException.protocol("a listing from " + query.namespace()
                    + " neither ends nor goes on" + " (expected: EndOfSequence or EnumerationContext)"));
            if (empty > EMPTY_ANSWERS_MAX) {
                release(context);
                throw CimException.protocol("a listing from " + query.namespace() + " goes on without rows");
            }
            page = pull(context);
        }
    }

    private Page begin(boolean references) {
        try {
            return page(
                    envelopes.enumerate(query, references, batch, deadline),
                    "EnumerateResponse",
                    true,
                    Optional.empty());
        } catch (CimException e) {
            if (!PLAIN_MAY_WORK.contains(e.kind())) {
                throw e;
            }
            batch = 0;
            try {
                return page(
                        envelopes.enumerate(query, references, 0, deadline),
                        "EnumerateResponse",
                        true,
                        Optional.empty());
            } catch (CimException plain) {
                plain.addSuppressed(e);
                throw plain;
            }
        }
    }

    /** A pull moves the host on, so that it is never repeated. */
    private Page pull(String context) {
        return page(envelopes.pull(query, context, batch, deadline), "PullResponse", false, Optional.of(context));
    }

    private Page page(Envelopes.Request request, String expected, boolean repeatable, Optional<String> context) {
        XmlElement response = session.call(request, repeatable, deadline);
        if (!response.is(Wire.ENUMERATION, expected)) {
            throw CimException.protocol(
                    "a listing is answered with " + Words.of(response.localName()) + " (expected: " + expected + ")");
        }
        Optional<String> next = response.child(Wire.ENUMERATION, "EnumerationContext")
                .map(XmlElement::text)
                .filter(text -> !text.isEmpty());
        return new Page(
                either(response, "Items").map(XmlElement::children).orElse(List.of()),
                either(response, "EndOfSequence").isPresent(),
                next.or(() -> context));
    }

    /** The first answer has these in the namespace of WS-Management, the others in that of enumeration. */
    private static Optional<XmlElement> either(XmlElement response, String name) {
        return response.child(Wire.ENUMERATION, name).or(() -> response.child(Wire.WSMAN, name));
    }

    private void take(XmlElement item, Consumer<XmlElement> each) {
        if (++rows > query.rowsMax()) {
            throw CimException.of(
                            Kind.ENCODING_LIMIT,
                            "a listing from " + query.namespace() + " has more than " + query.rowsMax() + " rows")
                    .remedy("expected: a narrower query, or a larger limit")
                    .build();
        }
        each.accept(item);
    }

    /** Tells the host to forget the rest. If that fails it forgets by itself after a minute. */
    private void release(String context) {
        try {
            Deadline soon = deadline.atMost(RELEASE_TIME);
            session.call(envelopes.release(query, context, soon), false, soon);
        } catch (CimException e) {
            // What made the listing end matters more.
        }
    }

    /**
     * What one answer brought.
     *
     * @param context for the next one
     */
    private record Page(List<XmlElement> items, boolean end, Optional<String> context) {}
}
