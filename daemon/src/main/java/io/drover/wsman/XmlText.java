package io.drover.wsman;

/** What text XML 1.0 can hold. */
final class XmlText {
    private XmlText() {}

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
}
