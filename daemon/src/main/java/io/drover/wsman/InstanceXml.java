package io.drover.wsman;

import io.drover.answer.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads objects and references in the form in which hosts send them. */
final class InstanceXml {
    /** What hosts append to the name of a class for the name of its type in XML Schema. */
    private static final String TYPE_SUFFIX = "_Type";

    /** What a host wraps the properties into if a query asked for some of them only. */
    private static final String FRAGMENT = "XmlFragment";

    private InstanceXml() {}

    /**
     * An object.
     *
     * @param namespace where it was looked for, which an object without a namespace of its own is in
     */
    static CimInstance instance(XmlElement element, CimNamespace namespace) {
        return new CimInstance(classOf(element, namespace), properties(element, namespace));
    }

    /** Out parameters of a method. */
    static CimResult result(String method, XmlElement output, CimNamespace namespace) {
        return new CimResult(method, properties(output, namespace));
    }

    /** A reference, with {@code a:EndpointReference} around it or without. */
    static CimReference reference(XmlElement element) {
        XmlElement inner = element.child(Wire.ADDRESSING, "EndpointReference").orElse(element);
        XmlElement parameters = inner.child(Wire.ADDRESSING, "ReferenceParameters")
                .orElseThrow(() -> wrong(element, "no a:ReferenceParameters"));
        String uri = parameters
                .child(Wire.WSMAN, "ResourceURI")
                .map(each -> each.text().strip())
                .orElseThrow(() -> wrong(element, "no w:ResourceURI"));
        Map<String, String> keys = new LinkedHashMap<>();
        for (XmlElement set : parameters.children()) {
            if (set.is(Wire.WSMAN, "SelectorSet")) {
                set.children().forEach(each -> selector(keys, each));
            }
        }
        try {
            return CimReference.of(CimClass.parse(uri), keys);
        } catch (IllegalArgumentException e) {
            throw wrong(element, String.valueOf(e.getMessage()));
        }
    }

    /** The value of a key that is a reference itself, as associations have them, is kept as its path. */
    private static void selector(Map<String, String> keys, XmlElement selector) {
        if (!selector.is(Wire.WSMAN, "Selector")) {
            return;
        }
        String name = selector.attribute("", "Name")
                .or(() -> selector.attribute(Wire.WSMAN, "Name"))
                .orElseThrow(() -> wrong(selector, "no Name"));
        keys.put(
                name,
                selector.children().isEmpty()
                        ? selector.text()
                        : reference(selector).relativePath());
    }

    private static Map<String, List<CimValue>> properties(XmlElement element, CimNamespace namespace) {
        Map<String, List<CimValue>> properties = new LinkedHashMap<>();
        for (XmlElement each : element.children()) {
            properties
                    .computeIfAbsent(each.localName(), name -> new ArrayList<>(1))
                    .add(value(each, namespace));
        }
        return properties;
    }

    private static CimValue value(XmlElement element, CimNamespace namespace) {
        if (element.attribute(Wire.XSI, "nil")
                .map(String::strip)
                .filter(InstanceXml::isTrue)
                .isPresent()) {
            return new CimValue.Nil();
        }
        if (element.children().isEmpty()) {
            return new CimValue.Text(element.text());
        }
        XmlElement first = element.children().get(0);
        if (first.namespace().equals(Wire.CIM) && element.children().size() == 1) {
            return new CimValue.Time(first.text().strip());
        }
        if (first.namespace().equals(Wire.ADDRESSING)) {
            return new CimValue.Reference(reference(element));
        }
        return new CimValue.Embedded(instance(element, namespace));
    }

    private static boolean isTrue(String text) {
        return text.equalsIgnoreCase("true") || text.equals("1");
    }

    /**
     * The class is in the element's own namespace or, if the element is a parameter, in that of the properties: the
     * namespace of an embedded object's properties is its class. The type that it declares is the third witness.
     */
    private static CimClass classOf(XmlElement element, CimNamespace namespace) {
        return uriClass(element.namespace())
                .filter(own -> own.name().equals(element.localName()))
                .or(() -> element.children().stream().findFirst().flatMap(each -> uriClass(each.namespace())))
                .or(() -> typeClass(element, namespace))
                .orElseGet(() -> named(element, namespace));
    }

    private static CimClass named(XmlElement element, CimNamespace namespace) {
        if (!element.localName().equals(FRAGMENT)
                && uriClass(element.namespace()).isEmpty()) {
            throw wrong(element, "no class");
        }
        return namespace.cimClass(element.localName());
    }

    private static Optional<CimClass> typeClass(XmlElement element, CimNamespace namespace) {
        return element.attribute(Wire.XSI, "type")
                .map(type -> type.substring(type.indexOf(':') + 1))
                .filter(type -> type.endsWith(TYPE_SUFFIX))
                .flatMap(type -> uriClass(CimClass.URI_PREFIX + namespace.path() + "/"
                        + type.substring(0, type.length() - TYPE_SUFFIX.length())));
    }

    private static Optional<CimClass> uriClass(String uri) {
        try {
            return uri.startsWith(CimClass.URI_PREFIX) ? Optional.of(CimClass.parse(uri)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static CimException wrong(XmlElement element, String what) {
        return CimException.protocol("element " + Words.of(element.localName()) + " has " + what);
    }
}
