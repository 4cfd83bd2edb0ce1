package io.drover.sim.hyperv.repository;

import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.CimType;
import io.drover.sim.hyperv.schema.Property;
import io.drover.sim.hyperv.schema.Schema;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.w3c.dom.Element;

/**
 * Objects as text, in CIM-XML (DSP0201): how Hyper-V's methods take and give objects in parameters of type string. What is
 * read is checked against the class, in names, in their case, and in types.
 */
public final class InstanceText {
    private static final Pattern MOMENT = Pattern.compile("(\\d{14})\\.(\\d{6})([+-]\\d{3})");
    private static final Pattern INTERVAL = Pattern.compile("(\\d{8})(\\d{2})(\\d{2})(\\d{2})\\.(\\d{6}):000");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);

    private InstanceText() {}

    /** Writes an object; what is NULL is left out. */
    public static String format(CimObject object) {
        StringBuilder text =
                new StringBuilder("<INSTANCE CLASSNAME=\"" + object.type().name() + "\">");
        for (Property property : object.type().properties()) {
            Optional<Object> value = object.value(property.name());
            if (value.isEmpty() || property.type() == CimType.OBJECT) {
                continue;
            }
            String tag = property.isArray() ? "PROPERTY.ARRAY" : "PROPERTY";
            text.append('<').append(tag).append(" NAME=\"").append(property.name());
            text.append("\" TYPE=\"").append(property.type().cimName()).append("\">");
            if (value.get() instanceof List<?> list) {
                text.append("<VALUE.ARRAY>");
                list.forEach(each -> text.append(value(each)));
                text.append("</VALUE.ARRAY>");
            } else {
                text.append(value(value.get()));
            }
            text.append("</").append(tag).append('>');
        }
        return text.append("</INSTANCE>").toString();
    }

    private static String value(Object value) {
        String text = value instanceof Boolean truth ? (truth ? "TRUE" : "FALSE") : DmtfTime.format(value);
        return "<VALUE>" + Xml.escape(text) + "</VALUE>";
    }

    /**
     * Reads an object.
     *
     * @param className the class that it has to be of, or derive from; empty for any
     * @throws IllegalArgumentException if a host would call the parameter invalid
     */
    public static CimObject parse(Schema schema, String namespace, String className, String text) {
        Element root = Xml.parse(text.strip())
                .filter(each -> Xml.is(each, "", "INSTANCE"))
                .orElseThrow(() -> new IllegalArgumentException("no INSTANCE in CIM-XML"));
        CimClass type = schema.find(namespace, root.getAttribute("CLASSNAME"))
                .filter(each -> className.isEmpty() || each.isA(className))
                .orElseThrow(() -> new IllegalArgumentException("CLASSNAME '" + root.getAttribute("CLASSNAME")
                        + "' (expected: " + (className.isEmpty() ? "a class of " + namespace : className) + ")"));
        CimObject object = new CimObject(type);
        for (Element each : Xml.children(root)) {
            property(object, each);
        }
        return object;
    }

    private static void property(CimObject object, Element element) {
        if (Xml.is(element, "", "QUALIFIER")) {
            return;
        }
        boolean isArray = Xml.is(element, "", "PROPERTY.ARRAY");
        if (!isArray && !Xml.is(element, "", "PROPERTY") && !Xml.is(element, "", "PROPERTY.REFERENCE")) {
            throw new IllegalArgumentException("element " + element.getTagName() + " in an INSTANCE");
        }
        String name = element.getAttribute("NAME");
        if (name.startsWith("__")) {
            // What WMI itself writes of every object beside its properties.
            return;
        }
        Property property = object.type()
                .property(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no property '" + name + "' of " + object.type().name()));
        if (property.isArray() != isArray) {
            throw new IllegalArgumentException(name + (property.isArray() ? " is an array" : " is no array"));
        }
        boolean isReference = Xml.is(element, "", "PROPERTY.REFERENCE");
        if (!isReference && !element.getAttribute("TYPE").equals(property.type().cimName())) {
            throw new IllegalArgumentException(name + ": TYPE '" + element.getAttribute("TYPE") + "' (expected: "
                    + property.type().cimName() + ")");
        }
        if (isArray) {
            Xml.child(element, "", "VALUE.ARRAY")
                    .ifPresent(array -> object.with(
                            name,
                            Xml.children(array).stream()
                                    .map(each -> read(property, each.getTextContent()))
                                    .toList()));
        } else {
            Xml.child(element, "", "VALUE")
                    .ifPresent(value -> object.with(name, read(property, value.getTextContent())));
        }
    }

    private static Object read(Property property, String text) {
        String word = text.strip();
        if (property.type().isNumber()) {
            return number(property, word);
        }
        return switch (property.type()) {
            case STRING, REFERENCE -> text;
            case BOOLEAN -> truth(property, word);
            case DATETIME -> time(property, word);
            default -> throw new IllegalArgumentException(property.name() + " cannot be set");
        };
    }

    private static Object truth(Property property, String word) {
        if (!word.equalsIgnoreCase("true") && !word.equalsIgnoreCase("false")) {
            throw new IllegalArgumentException(property.name() + ": '" + word + "' (expected: TRUE or FALSE)");
        }
        return word.equalsIgnoreCase("true");
    }

    private static Object number(Property property, String word) {
        try {
            long number = Long.parseLong(word);
            if (property.type().holds(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, with what is expected.
        }
        throw new IllegalArgumentException(property.name() + ": '" + word + "' (expected: "
                + property.type().cimName() + ")");
    }

    private static Object time(Property property, String word) {
        Matcher interval = INTERVAL.matcher(word);
        if (interval.matches()) {
            return Duration.ofDays(Long.parseLong(interval.group(1)))
                    .plusHours(Long.parseLong(interval.group(2)))
                    .plusMinutes(Long.parseLong(interval.group(3)))
                    .plusSeconds(Long.parseLong(interval.group(4)))
                    .plusNanos(Long.parseLong(interval.group(5)) * 1000);
        }
        Matcher moment = MOMENT.matcher(word);
        try {
            if (moment.matches()) {
                Instant local = LocalDateTime.parse(moment.group(1), STAMP).toInstant(ZoneOffset.UTC);
                return local.plusNanos(Long.parseLong(moment.group(2)) * 1000)
                        .minus(Duration.ofMinutes(Long.parseLong(moment.group(3))));
            }
        } catch (DateTimeException e) {
            // Said below, with what is expected.
        }
        throw new IllegalArgumentException(property.name() + ": '" + word + "' (expected: a datetime of DMTF)");
    }
}
