package io.drover.wsman;

/** Text and elements of XML that is written. */
final class XmlText {
    private XmlText() {}

    /** Whether XML 1.0 can hold the text at all. */
    static boolean isWritable(String text) {
        return text.codePoints().allMatch(XmlText::isWritable);
    }

    private static boolean isWritable(int each) {
        return each == '\t'
                || each == '\n'
                || each == '\r'
                || (each >= 0x20 && each <= 0xD7FF)
                || (each >= 0xE000 && each <= 0xFFFD)
                || each >= 0x10000;
    }

    /**
     * Writes text for an element or for an attribute in double quotes. A carriage return would become a line feed on
     * its way through a parser if it were not written as a number; in an attribute all space would become blanks.
     */
    static void escape(StringBuilder xml, String value) {
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            switch (each) {
                case '&' -> xml.append("&amp;");
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '"' -> xml.append("&quot;");
                case '\r' -> xml.append("&#13;");
                default -> xml.append(each);
            }
        }
    }

    /** An element with text in it. */
    static void element(StringBuilder xml, String name, String text) {
        xml.append('<').append(name).append('>');
        escape(xml, text);
        xml.append("</").append(name).append('>');
    }
}
