package io.drover.wsman;

import java.util.Map;

/** Writes {@code INSTANCE} texts. */
final class InstanceTextWriter {
    private InstanceTextWriter() {}

    static String write(InstanceText instance) {
        StringBuilder xml = new StringBuilder("<INSTANCE CLASSNAME=\"")
                .append(instance.className())
                .append("\">");
        for (Map.Entry<String, InstanceText.Property> each :
                instance.properties().entrySet()) {
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
            XmlText.element(xml, "VALUE", value);
        }
        if (property.array()) {
            xml.append("</VALUE.ARRAY>");
        }
        xml.append("</").append(element).append('>');
    }

    /** Refuses text that XML cannot hold at all. */
    static void check(String className, String name, String value) {
        if (!XmlText.isWritable(value)) {
            throw new IllegalArgumentException(
                    className + "." + name + " has a character that XML cannot hold (expected: none)");
        }
    }
}
