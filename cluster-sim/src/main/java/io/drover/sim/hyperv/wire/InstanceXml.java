package io.drover.sim.hyperv.wire;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.repository.Xml;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Property;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects as Windows hosts do: properties in alphabetical order, NULL with {@code xsi:nil}, NULL arrays not at all,
 * arrays as repeated elements. From recordings of a real host.
 */
final class InstanceXml {
    private InstanceXml() {}

    /** A whole object as an element of its own. */
    static String object(CimObject object) {
        String name = object.type().name();
        return "<p:" + name + " xmlns:xsi=\"" + Names.XSI + "\" xmlns:p=\"" + object.type().uri() + "\" xmlns:cim=\""
                + Names.CIM + "\" xsi:type=\"p:" + name + "_Type\">" + properties(object, "p:") + "</p:" + name + ">";
    }

    /** Some properties only: a fragment, in which nothing belongs to a namespace. */
    static String fragment(CimObject object, List<String> projection) {
        StringBuilder xml = new StringBuilder("<w:XmlFragment xmlns:xsi=\"" + Names.XSI + "\">");
        for (Property each : object.type().properties()) {
            if (projection.contains(each.name())) {
                property(xml, each, object.value(each.name()).orElse(null), "", "");
            }
        }
        return xml.append("</w:XmlFragment>").toString();
    }

    /** An object inside of another element, of which the children are in the namespace of the object's class. */
    static String embedded(String element, CimObject object) {
        return "<p:" + element + " xmlns:e=\"" + object.type().uri() + "\" xsi:type=\"e:"
                + object.type().name() + "_Type\">" + properties(object, "e:") + "</p:" + element + ">";
    }

    private static String properties(CimObject object, String prefix) {
        StringBuilder xml = new StringBuilder();
        for (Property each : object.type().properties()) {
            property(xml, each, object.value(each.name()).orElse(null), prefix, "cim:");
        }
        return xml.toString();
    }

    private static void property(
            StringBuilder xml,
            Property property,
            @Nullable Object value,
            String prefix,
            String cimPrefix) {
        String name = prefix + property.name();
        if (value == null) {
            if (!property.isArray()) {
                xml.append('<').append(name).append(" xsi:nil=\"true\"/>");
            }
        } else if (value instanceof List<?> list) {
            list.forEach(each -> value(xml, name, each, cimPrefix));
        } else {
            value(xml, name, value, cimPrefix);
        }
    }

    static void value(StringBuilder xml, String name, Object value, String cimPrefix) {
        xml.append('<').append(name).append('>');
        if (value instanceof Ref ref) {
            xml.append(reference(ref));
        } else if (value instanceof Instant moment) {
            xml.append('<').append(cimPrefix).append("Datetime>").append(moment.truncatedTo(ChronoUnit.MICROS));
            xml.append("</").append(cimPrefix).append("Datetime>");
        } else if (value instanceof Duration interval) {
            xml.append('<').append(cimPrefix).append("Interval>").append(interval(interval));
            xml.append("</").append(cimPrefix).append("Interval>");
        } else {
            xml.append(Xml.escape(value.toString()));
        }
        xml.append("</").append(name).append('>');
    }

    /** As Windows writes it, with all fields. */
    private static String interval(Duration interval) {
        return "P" + interval.toDays() + "DT" + interval.toHoursPart() + "H" + interval.toMinutesPart() + "M"
                + interval.toSecondsPart() + "." + String.format(Locale.ROOT, "%06d", interval.toNanosPart() / 1000)
                + "S";
    }

    /** What a reference consists of, without an element around it. */
    static String reference(Ref ref) {
        StringBuilder xml = new StringBuilder("<a:Address>" + Names.ANONYMOUS + "</a:Address><a:ReferenceParameters>");
        xml.append("<w:ResourceURI>")
                .append(CimClass.URI_ROOT)
                .append(ref.namespace())
                .append('/')
                .append(ref.className())
                .append("</w:ResourceURI><w:SelectorSet>");
        ref.keys().forEach((key, keyValue) -> xml.append("<w:Selector Name=\"")
                .append(key)
                .append("\">")
                .append(Xml.escape(keyValue))
                .append("</w:Selector>"));
        return xml.append("</w:SelectorSet></a:ReferenceParameters>").toString();
    }
}
