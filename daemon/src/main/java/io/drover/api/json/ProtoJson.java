package io.drover.api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns messages into the documented, stable JSON of {@code docs/json.md}.
 *
 * <p>Names in lowerCamelCase; enums as their word in UpperCamelCase without the prefix; 64-bit integers as numbers;
 * times as RFC 3339 in UTC; durations as a number of seconds. Empty strings, lists and zeros are printed, so that the
 * shape never changes; absent messages, absent optionals and unspecified enums are left out.
 *
 * <p>Stateless; safe for use by many threads.
 */
public final class ProtoJson {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    /** Writes tokens. Jackson's mapper could write trees by itself, but an agent would keep its 300 classes for that. */
    private static final JsonFactory JSON = new JsonFactory();

    private static final int DURATION_DIGITS = 6;

    private ProtoJson() {}

    /** The message as a tree. */
    public static ObjectNode tree(Message message) {
        ObjectNode object = NODES.objectNode();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated()) {
                object.set(field.getJsonName(), list(field, (List<?>) message.getField(field)));
            } else if (!field.hasPresence() || message.hasField(field)) {
                value(field, message.getField(field)).ifPresent(node -> object.set(field.getJsonName(), node));
            }
        }
        return object;
    }

    /** The messages as an array of trees, in their order. */
    public static ArrayNode array(Iterable<? extends Message> messages) {
        ArrayNode array = NODES.arrayNode();
        for (Message message : messages) {
            array.add(tree(message));
        }
        return array;
    }

    /** The tree as text on one line. */
    public static String compact(JsonNode tree) {
        return text(tree, false);
    }

    /** The tree as indented text without a newline at its end. */
    public static String pretty(JsonNode tree) {
        return text(tree, true);
    }

    private static String text(JsonNode tree, boolean indented) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            if (indented) {
                generator.useDefaultPrettyPrinter();
            }
            write(tree, generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // A writer into memory does not fail.
        }
        return text.toString();
    }

    private static void write(JsonNode node, JsonGenerator generator) throws IOException {
        switch (node.getNodeType()) {
            case OBJECT -> {
                generator.writeStartObject();
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    generator.writeFieldName(member.getKey());
                    write(member.getValue(), generator);
                }
                generator.writeEndObject();
            }
            case ARRAY -> {
                generator.writeStartArray();
                for (JsonNode element : node) {
                    write(element, generator);
                }
                generator.writeEndArray();
            }
            case STRING, BINARY -> generator.writeString(node.asText());
            case NUMBER -> number(node, generator);
            case BOOLEAN -> generator.writeBoolean(node.booleanValue());
            default -> generator.writeNull();
        }
    }

    private static void number(JsonNode node, JsonGenerator generator) throws IOException {
        if (node.isIntegralNumber()) {
            generator.writeNumber(node.bigIntegerValue());
        } else if (node.isBigDecimal()) {
            generator.writeNumber(node.decimalValue());
        } else {
            generator.writeNumber(node.doubleValue());
        }
    }

    private static ArrayNode list(FieldDescriptor field, List<?> values) {
        ArrayNode array = NODES.arrayNode();
        for (Object element : values) {
            value(field, element).ifPresent(array::add);
        }
        return array;
    }

    private static Optional<JsonNode> value(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case INT ->
                Optional.of(
                        unsigned(field)
                                ? NODES.numberNode(Integer.toUnsignedLong((Integer) value))
                                : NODES.numberNode((Integer) value));
            case LONG -> Optional.of(longNode(field, (Long) value));
            case FLOAT, DOUBLE -> number(((Number) value).doubleValue());
            case BOOLEAN -> Optional.of(NODES.booleanNode((Boolean) value));
            case STRING -> Optional.of(NODES.textNode((String) value));
            case BYTE_STRING -> Optional.of(NODES.binaryNode(((ByteString) value).toByteArray()));
            case ENUM ->
                Optional.of(ProtoWords.of((EnumValueDescriptor) value))
                        .filter(word -> !word.isEmpty())
                        .map(NODES::textNode);
            case MESSAGE -> Optional.of(message((Message) value));
        };
    }

    private static JsonNode longNode(FieldDescriptor field, long value) {
        if (value < 0 && unsigned(field)) {
            return NODES.numberNode(new BigInteger(Long.toUnsignedString(value)));
        }
        return NODES.numberNode(value);
    }

    private static boolean unsigned(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, FIXED32, UINT64, FIXED64 -> true;
            default -> false;
        };
    }

    /** JSON has no NaN and no infinity: such a figure is unknown and left out. */
    private static Optional<JsonNode> number(double value) {
        return Double.isFinite(value) ? Optional.of(NODES.numberNode(value)) : Optional.empty();
    }

    private static JsonNode message(Message message) {
        if (message instanceof Timestamp time) {
            return NODES.textNode(
                    Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString());
        }
        if (message instanceof Duration duration) {
            return seconds(duration);
        }
        return tree(message);
    }

    private static JsonNode seconds(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds())
                .add(BigDecimal.valueOf(duration.getNanos(), 9))
                .setScale(DURATION_DIGITS, RoundingMode.HALF_UP)
                .stripTrailingZeros();
        return DecimalNode.valueOf(seconds.scale() < 0 ? seconds.setScale(0) : seconds);
    }
}
