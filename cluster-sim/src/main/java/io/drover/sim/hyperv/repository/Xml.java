package io.drover.sim.hyperv.repository;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Reads XML, without document types and without anything from outside, and finds its way in it. */
public final class Xml {
    /** Deeper ones would need more stack than there may be to find their way in. */
    private static final int DEPTH_MAX = 100;

    private Xml() {}

    /** The root of a document, if it is well formed. */
    public static Optional<Element> parse(byte[] bytes) {
        return parse(new InputSource(new ByteArrayInputStream(bytes)));
    }

    /** The same of a text, of which it does not matter in what encoding it says that it was. */
    public static Optional<Element> parse(String text) {
        return parse(new InputSource(new StringReader(text)));
    }

    private static Optional<Element> parse(InputSource source) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setAttribute("http://www.oracle.com/xml/jaxp/properties/maxElementDepth", DEPTH_MAX);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new Quiet());
            return Optional.of(builder.parse(source).getDocumentElement());
        } catch (SAXException | IOException e) {
            return Optional.empty();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this JVM has no parser for XML that can be made safe", e);
        }
    }

    /** Whether it is this element. */
    public static boolean is(Element element, String namespace, String name) {
        return name.equals(element.getLocalName())
                && namespace.equals(element.getNamespaceURI() == null ? "" : element.getNamespaceURI());
    }

    /** The elements directly below. */
    public static List<Element> children(Element parent) {
        List<Element> children = new ArrayList<>();
        for (Node each = parent.getFirstChild(); each != null; each = each.getNextSibling()) {
            if (each instanceof Element element) {
                children.add(element);
            }
        }
        return children;
    }

    /** The first such element directly below. */
    public static Optional<Element> child(Element parent, String namespace, String name) {
        return children(parent).stream()
                .filter(each -> is(each, namespace, name))
                .findFirst();
    }

    /** What an element says, without the white space around it. */
    public static String text(Element element) {
        return element.getTextContent().strip();
    }

    /** Text inside of an element or of an attribute. */
    public static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /** Nothing of what a caller sends belongs on the console. */
    private static final class Quiet implements ErrorHandler {
        @Override
        public void warning(SAXParseException exception) {}

        @Override
        public void error(SAXParseException exception) throws SAXException {
            throw exception;
        }

        @Override
        public void fatalError(SAXParseException exception) throws SAXException {
            throw exception;
        }
    }
}
