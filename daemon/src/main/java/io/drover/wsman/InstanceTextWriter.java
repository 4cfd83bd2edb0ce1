package io.drover.wsman;

import java.util.Map;

/** Writes {@code INSTANCE} texts. */
final class InstanceTextWriter {
    private InstanceTextWriter() {}

    static String write(InstanceText instance) {
        StringBuilder xml = new StringBuilder("<INSTANCE CLASSNAME=\"").append(instance.className()).append("\">");
        for (Map.Entry<String, InstanceText.Property> each : instance.properties().entrySet()) {
            write(xml, each.getKey(), each.getValue());
        }
        return xml.append("</INSTANCE>").toString();
    }

    private static void write(StringBuilder xml, String name, InstanceText.Property property) {
        String element = property.array() ? "PROPERTY.ARRAY" : "PROPERTY";
        xml.append('<').append(element).append(" NAME=\"").append(name);
        xml.append("\" TYPE=\"").append(property.type().wireName()).append("\">");
        if (property.array()) {
            xml.append("<VALUE.ARRAY>");
        }
        for (String value : property.values()) {
            xml.append("<VALUE>");
            escape(xml, value);
            xml.append("</VALUE>");
        }
        if (property.array()) {
            xml.append("</VALUE.ARRAY>");
        }
        xml.append("</").append(element).append('>');
    }

    /** A carriage return would become a line feed on its way through an XML parser if it were not written as a number. */
    private static void escape(StringBuilder xml, String value) {
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            switch (each) {
                case '&' -> xml.append("&amp;");
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '\r' -> xml.append("&#13;");
                default -> xml.append(each);
            }
        }
    }

    /** Refuses text that XML cannot hold at all. */
    static void check(String className, String name, String value) {
        if (!XmlText.isWritable(value)) {
            throw new IllegalArgumentException(
                    className + "." + name + " has a character that XML cannot hold (expected: none)");
        }
    }
}
