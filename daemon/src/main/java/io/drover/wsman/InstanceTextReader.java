package io.drover.wsman;

import io.drover.answer.Words;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code INSTANCE} texts, of hosts too. Qualifiers and values of other kinds are passed over. */
final class InstanceTextReader {
    private static final int CHARACTERS_MAX = 1 << 20;

    /** Deep enough for an instance within a declaration, and for arrays. */
    private static final WsmanLimits LIMITS = WsmanLimits.USUAL;

    private InstanceTextReader() {}

    static InstanceText read(String text) {
        if (text.length() > CHARACTERS_MAX) {
            throw CimException.protocol(
                    "an INSTANCE text has " + text.length() + " characters (expected: at most " + CHARACTERS_MAX + ")");
        }
        XmlElement root = XmlReader.read("an INSTANCE text", text, LIMITS);
        XmlElement instance = root.localName().equals("INSTANCE")
                ? root
                : root.anywhere("INSTANCE")
                        .orElseThrow(() -> CimException.protocol(
                                "an object's text is " + Words.of(root.localName()) + " (expected: INSTANCE)"));
        Map<String, InstanceText.Property> properties = new LinkedHashMap<>();
        for (XmlElement each : instance.children()) {
            property(each).ifPresent(property -> properties.put(attribute(each, "NAME"), property));
        }
        return new InstanceText(name(instance), properties);
    }

    private static Optional<InstanceText.Property> property(XmlElement element) {
        boolean array = element.localName().equals("PROPERTY.ARRAY");
        if (!array && !element.localName().equals("PROPERTY")) {
            return Optional.empty();
        }
        CimType type = CimType.of(attribute(element, "TYPE"))
                .orElseThrow(() -> CimException.protocol("an INSTANCE text has TYPE "
                        + Words.of(attribute(element, "TYPE")) + " (expected: a type of CIM)"));
        Optional<XmlElement> holder = array ? element.child("", "VALUE.ARRAY") : Optional.of(element);
        List<String> values = holder.stream()
                .flatMap(each -> each.children().stream())
                .filter(each -> each.localName().equals("VALUE"))
                .map(XmlElement::text)
                .toList();
        if (array) {
            return holder.map(each -> new InstanceText.Property(type, true, values));
        }
        if (values.size() > 1) {
            throw CimException.protocol(
                    "an INSTANCE text has " + values.size() + " values in one PROPERTY (expected: at most one)");
        }
        return values.stream().findFirst().map(each -> new InstanceText.Property(type, false, List.of(each)));
    }

    private static String name(XmlElement instance) {
        try {
            return Names.checked("class", attribute(instance, "CLASSNAME"));
        } catch (IllegalArgumentException e) {
            throw CimException.of(CimException.Kind.PROTOCOL, "an INSTANCE text: " + e.getMessage())
                    .cause(e)
                    .build();
        }
    }

    private static String attribute(XmlElement element, String name) {
        return element.attribute("", name)
                .orElseThrow(() -> CimException.protocol(
                        "an INSTANCE text has a " + Words.of(element.localName()) + " without " + name));
    }
}
