package io.drover.wsman;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;

/**
 * Reads XML of strangers: no document type, hence no entities of their own making and nothing fetched from elsewhere;
 * depth and number of elements bounded. The size is bounded by who brings the bytes.
 */
final class XmlReader {
    /** The JDK's own parser, whatever else lies on the class path: its switches are known to do what they say. */
    private static final XMLInputFactory FACTORY = factory();

    private final String what;
    private final int depthMax;
    private final int elementsMax;
    private final Deque<XmlElement> open = new ArrayDeque<>();
    /** What has been read of the text of the element that is open, as long as it has no elements. */
    private final StringBuilder text = new StringBuilder();

    private int elements;

    private XmlReader(String what, int depthMax, int elementsMax) {
        this.what = what;
        this.depthMax = depthMax;
        this.elementsMax = elementsMax;
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setXMLResolver((publicId, systemId, base, namespace) -> {
            throw new XMLStreamException("nothing is fetched from elsewhere");
        });
        return factory;
    }

    /**
     * Reads a document.
     *
     * @param what what it is, for texts of failures
     * @throws CimException of kind {@link CimException.Kind#PROTOCOL} if it is not well-formed or over a limit
     */
    static XmlElement read(String what, byte[] document, WsmanLimits limits) {
        return new XmlReader(what, limits.depth(), limits.elements())
                .read(new StreamSource(new ByteArrayInputStream(document)));
    }

    static XmlElement read(String what, String document, WsmanLimits limits) {
        return new XmlReader(what, limits.depth(), limits.elements())
                .read(new StreamSource(new StringReader(document)));
    }

    private XmlElement read(Source source) {
        try {
            XMLStreamReader reader = newReader(source);
            try {
                return read(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            // Its text quotes the document.
            throw refused("is not well-formed XML, or ends too early");
        }
    }

    /** Making factories' products is not promised to be safe for many threads. */
    private static XMLStreamReader newReader(Source source) throws XMLStreamException {
        synchronized (FACTORY) {
            return FACTORY.createXMLStreamReader(source);
        }
    }

    private XmlElement read(XMLStreamReader reader) throws XMLStreamException {
        XmlElement last = null;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> begin(reader);
                case XMLStreamConstants.END_ELEMENT -> last = end();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    if (!open.isEmpty()) {
                        text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
                    }
                }
                case XMLStreamConstants.DTD -> throw refused("has a document type (expected: none)");
                case XMLStreamConstants.ENTITY_REFERENCE -> throw refused("has an entity of its own (expected: none)");
                default -> {
                    // Comments and processing instructions say nothing.
                }
            }
        }
        if (last == null) {
            throw refused("is empty");
        }
        return last;
    }

    private void begin(XMLStreamReader reader) {
        if (open.size() == depthMax) {
            throw refused("is nested deeper than " + depthMax);
        }
        if (++elements > elementsMax) {
            throw refused("has more than " + elementsMax + " elements");
        }
        XmlElement element = new XmlElement(reader.getName(), attributes(reader), prefixes(reader));
        if (!open.isEmpty()) {
            open.peek().add(element);
        }
        open.push(element);
        text.setLength(0);
    }

    /** Most elements have none, and a listing has a hundred thousand elements. */
    private static Map<QName, String> attributes(XMLStreamReader reader) {
        if (reader.getAttributeCount() == 0) {
            return Map.of();
        }
        Map<QName, String> attributes = new HashMap<>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            attributes.put(reader.getAttributeName(i), reader.getAttributeValue(i));
        }
        return attributes;
    }

    private static Map<String, String> prefixes(XMLStreamReader reader) {
        if (reader.getNamespaceCount() == 0) {
            return Map.of();
        }
        Map<String, String> prefixes = new HashMap<>();
        for (int i = 0; i < reader.getNamespaceCount(); i++) {
            String prefix = reader.getNamespacePrefix(i);
            String namespace = reader.getNamespaceURI(i);
            prefixes.put(prefix == null ? "" : prefix, namespace == null ? "" : namespace);
        }
        return prefixes;
    }

    private XmlElement end() {
        XmlElement element = open.pop();
        if (element.children().isEmpty()) {
            element.text(text.toString());
        }
        text.setLength(0);
        return element;
    }

    private CimException refused(String why) {
        return CimException.protocol(what + " " + why);
    }
}
