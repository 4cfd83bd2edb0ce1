package io.drover.sim.hyperv.wire;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.repository.Xml;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.CimType;
import io.drover.sim.hyperv.schema.Method;
import io.drover.sim.hyperv.schema.Property;
import io.drover.sim.hyperv.schema.Schema;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.w3c.dom.Element;

/** Reads what a method is called with, strictly, and writes what it gives back. */
final class Parameters {
    private final Schema schema;

    Parameters(Schema schema) {
        this.schema = schema;
    }

    /** One client puts the outermost element, and nothing else, into the namespace of WS-Management; hosts take it. */
    private static boolean isInput(CimClass type, Method method, Element input) {
        String name = method.name() + "_INPUT";
        return Xml.is(input, type.uri(), name) || Xml.is(input, Names.WSMAN, name);
    }

    Map<String, Object> read(CimClass type, Method method, Element input) {
        if (!isInput(type, method, input)) {
            throw WsmanFault.schema("The body is '" + input.getTagName() + "' (expected: " + method.name()
                    + "_INPUT in the namespace " + type.uri() + ").");
        }
        Map<String, List<Object>> lists = new TreeMap<>();
        for (Element each : Xml.children(input)) {
            Property parameter = method.input(each.getLocalName())
                    .filter(known -> Xml.is(each, type.uri(), known.name()))
                    .orElseThrow(
                            () -> WsmanFault.schema(method.name() + " has no parameter '" + each.getTagName() + "'."));
            List<Object> values = lists.computeIfAbsent(parameter.name(), unused -> new ArrayList<>());
            if (!isNil(each)) {
                values.addAll(values(parameter, each));
            }
            if (!parameter.isArray() && values.size() > 1) {
                throw WsmanFault.schema("The parameter " + parameter.name() + " is no array and is there twice.");
            }
        }
        Map<String, Object> inputs = new TreeMap<>();
        lists.forEach((name, values) -> {
            if (!values.isEmpty()) {
                boolean isArray = method.input(name).map(Property::isArray).orElse(false);
                inputs.put(name, isArray ? List.copyOf(values) : values.get(0));
            }
        });
        return inputs;
    }

    private static boolean isNil(Element element) {
        String nil = element.getAttributeNS(Names.XSI, "nil");
        return nil.equals("true") || nil.equals("1");
    }

    private List<Object> values(Property parameter, Element element) {
        if (parameter.type() == CimType.REFERENCE) {
            return List.of(reference(parameter, element));
        }
        boolean isTime = parameter.type() == CimType.DATETIME;
        if (!isTime && !Xml.children(element).isEmpty()) {
            throw WsmanFault.schema("The parameter " + parameter.name() + " is of type "
                    + parameter.type().cimName() + " and holds elements.");
        }
        String word = Xml.text(element);
        if (parameter.type() == CimType.UINT8 && parameter.isArray() && !word.matches("\\d{1,3}")) {
            return octets(parameter, word);
        }
        if (parameter.type().isNumber()) {
            return List.of(number(parameter, word));
        }
        return switch (parameter.type()) {
            case BOOLEAN -> List.of(truth(parameter, word));
            case DATETIME -> List.of(time(parameter, word));
            default -> List.of(element.getTextContent());
        };
    }

    private static List<Object> octets(Property parameter, String word) {
        try {
            List<Object> octets = new ArrayList<>();
            for (byte each : Base64.getMimeDecoder().decode(word)) {
                octets.add((long) (each & 0xFF));
            }
            return octets;
        } catch (IllegalArgumentException e) {
            throw WsmanFault.schema("The parameter " + parameter.name() + " is neither a number nor base64.");
        }
    }

    private static Object number(Property parameter, String word) {
        try {
            long number = Long.parseLong(word);
            if (parameter.type().holds(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw WsmanFault.schema("The parameter " + parameter.name() + " is '" + word + "' (expected: "
                + parameter.type().cimName() + ").");
    }

    private static Object truth(Property parameter, String word) {
        if (word.equalsIgnoreCase("true") || word.equals("1")) {
            return true;
        }
        if (word.equalsIgnoreCase("false") || word.equals("0")) {
            return false;
        }
        throw WsmanFault.schema("The parameter " + parameter.name() + " is '" + word + "' (expected: true or false).");
    }

    private static Object time(Property parameter, String word) {
        try {
            return word.startsWith("P") ? Duration.parse(word) : Instant.parse(word);
        } catch (DateTimeParseException e) {
            throw WsmanFault.schema("The parameter " + parameter.name() + " is no datetime.");
        }
    }

    private Ref reference(Property parameter, Element element) {
        if (Xml.child(element, Names.ADDRESSING, "EndpointReference").isPresent()) {
            throw WsmanFault.schema("The reference " + parameter.name()
                    + " is wrapped in EndpointReference (expected: Address and ReferenceParameters).");
        }
        Element parts = Xml.child(element, Names.ADDRESSING, "ReferenceParameters")
                .filter(unused ->
                        Xml.child(element, Names.ADDRESSING, "Address").isPresent())
                .orElseThrow(() -> WsmanFault.schema(
                        "The reference " + parameter.name() + " has no Address and ReferenceParameters."));
        String uri = Xml.child(parts, Names.WSMAN, "ResourceURI")
                .map(Xml::text)
                .orElseThrow(() -> WsmanFault.schema("The reference " + parameter.name() + " has no ResourceURI."));
        CimClass type = Resources.classOf(schema, uri);
        return new Ref(type.namespace(), type.name(), Request.selectors(Xml.child(parts, Names.WSMAN, "SelectorSet")));
    }

    /** Octets are one element in base64: libvirt reads pictures of screens so. */
    private static List<?> elements(Method method, String name, Object value) {
        boolean isOctets = method.outputs().stream()
                .anyMatch(each -> each.name().equals(name) && each.isArray() && each.type() == CimType.UINT8);
        if (!(value instanceof List<?> list)) {
            return List.of(value);
        }
        if (!isOctets) {
            return list;
        }
        byte[] octets = new byte[list.size()];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = list.get(i) instanceof Number number ? number.byteValue() : 0;
        }
        return List.of(Base64.getEncoder().encodeToString(octets));
    }

    static String write(CimClass type, Method method, Map<String, Object> outputs) {
        StringBuilder xml = new StringBuilder("<p:" + method.name() + "_OUTPUT xmlns:xsi=\"" + Names.XSI
                + "\" xmlns:p=\"" + type.uri() + "\" xmlns:cim=\"" + Names.CIM + "\">");
        new TreeMap<>(outputs).forEach((name, value) -> {
            for (Object each : elements(method, name, value)) {
                if (each instanceof CimObject object) {
                    xml.append(InstanceXml.embedded(name, object));
                } else {
                    InstanceXml.value(xml, "p:" + name, each, "cim:");
                }
            }
        });
        return xml.append("</p:").append(method.name()).append("_OUTPUT>").toString();
    }
}
