package io.drover.wsman;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.namespace.QName;

/** An element that has been read. Comments and the space between elements are gone. */
final class XmlElement {
    private final QName name;
    private final Map<QName, String> attributes;
    private final Map<String, String> prefixes;
    private List<XmlElement> children = List.of();
    private String text = "";

    /**
     * An element without content. The maps are its own from now on.
     *
     * @param attributes by name
     * @param prefixes the prefixes that are declared in this element itself
     */
    XmlElement(QName name, Map<QName, String> attributes, Map<String, String> prefixes) {
        this.name = name;
        this.attributes = attributes;
        this.prefixes = prefixes;
    }

    void add(XmlElement child) {
        if (children.isEmpty()) {
            children = new ArrayList<>(8);
        }
        children.add(child);
    }

    void text(String all) {
        text = all;
    }

    String namespace() {
        return name.getNamespaceURI();
    }

    String localName() {
        return name.getLocalPart();
    }

    boolean is(String namespace, String localName) {
        return localName().equals(localName) && namespace().equals(namespace);
    }

    List<XmlElement> children() {
        return children;
    }

    /** The text of an element without elements; the space around elements for others. */
    String text() {
        return text;
    }

    Optional<XmlElement> child(String namespace, String localName) {
        return children.stream().filter(each -> each.is(namespace, localName)).findFirst();
    }

    Optional<String> attribute(String namespace, String localName) {
        return Optional.ofNullable(attributes.get(new QName(namespace, localName)));
    }

    /** The namespace of a prefix that this element declares. */
    Optional<String> declared(String prefix) {
        return Optional.ofNullable(prefixes.get(prefix));
    }

    /** The first element of this name at any depth, without regard to its namespace. */
    Optional<XmlElement> anywhere(String localName) {
        for (XmlElement each : children) {
            Optional<XmlElement> found =
                    each.localName().equals(localName) ? Optional.of(each) : each.anywhere(localName);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name.getLocalPart();
    }
}
