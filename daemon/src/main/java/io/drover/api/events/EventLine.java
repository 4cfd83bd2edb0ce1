package io.drover.api.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.drover.model.Event;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One event as one line of JSON. Keys that a newer version has added are skipped; a line that does not make sense, such
 * as the torn last one after a power cut, is no event.
 */
final class EventLine {
    private static final JsonFactory JSON = new JsonFactory();

    private EventLine() {}

    /** The line, without its end. */
    static String write(Event event) {
        StringWriter line = new StringWriter();
        Reason reason = event.reason();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("sequence", event.sequence());
            json.writeStringField("at", event.at().toString());
            json.writeStringField("origin", event.origin().value());
            json.writeStringField("severity", reason.severity().name());
            json.writeStringField("topic", reason.topic().name());
            json.writeStringField("subject", reason.subject());
            json.writeStringField("text", reason.text());
            if (reason.operation().isPresent()) {
                json.writeStringField("operation", reason.operation().get().value());
            }
            if (reason.actor().isPresent()) {
                json.writeStringField("actor", reason.actor().get());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing an event to memory", e);
        }
        return line.toString();
    }

    /** The event; empty if the line is not one. */
    static Optional<Event> read(String line) {
        try {
            Map<String, String> fields = fields(line);
            Reason reason = new Reason(
                    Severity.valueOf(required(fields, "severity")),
                    Topic.valueOf(required(fields, "topic")),
                    required(fields, "subject"),
                    required(fields, "text"),
                    Optional.ofNullable(fields.get("operation")).map(OperationId::new),
                    Optional.ofNullable(fields.get("actor")));
            return Optional.of(new Event(
                    Instant.parse(required(fields, "at")),
                    new NodeId(required(fields, "origin")),
                    Long.parseLong(required(fields, "sequence")),
                    reason));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            // Whatever is wrong with it: it is not an event. The journal counts such lines.
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("reading an event from memory", e);
        }
    }

    private static Map<String, String> fields(String line) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not an object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken().isScalarValue()) {
                    fields.put(name, json.getText());
                } else {
                    json.skipChildren();
                }
            }
        }
        return fields;
    }

    private static String required(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return value;
    }
}
