package io.drover.sim.hyperv.wql;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of LIKE: % for any text, _ for any character, [abc], [a-c] or [a=c] for one of them, [^abc] for any other.
 * Without regard to case. Matching takes no more steps than the lengths of pattern and text multiplied, and no stack.
 */
final class LikePattern {
    /** One character of the text, or any number of them. */
    private record Part(String low, String high, boolean isNegated, boolean isAnyText) {
        boolean takes(char c) {
            boolean isIn = false;
            for (int i = 0; i < low.length(); i++) {
                isIn |= c >= low.charAt(i) && c <= high.charAt(i);
            }
            return isIn != isNegated;
        }
    }

    private static final Part ANY_TEXT = new Part("", "", true, true);
    private static final Part ANY_CHARACTER = new Part("", "", true, false);

    private final List<Part> parts = new ArrayList<>();

    LikePattern(String pattern) {
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            int end = c == '[' ? pattern.indexOf(']', at + 1) : -1;
            if (end > 0) {
                parts.add(set(pattern.substring(at + 1, end)));
                at = end;
            } else if (c == '%') {
                parts.add(ANY_TEXT);
            } else {
                String folded = fold(String.valueOf(c));
                parts.add(c == '_' ? ANY_CHARACTER : new Part(folded, folded, false, false));
            }
            at++;
        }
    }

    private static Part set(String text) {
        boolean isNegated = text.startsWith("^");
        String inner = fold(isNegated ? text.substring(1) : text);
        StringBuilder low = new StringBuilder();
        StringBuilder high = new StringBuilder();
        int at = 0;
        while (at < inner.length()) {
            boolean isRange = at + 2 < inner.length() && (inner.charAt(at + 1) == '-' || inner.charAt(at + 1) == '=');
            low.append(inner.charAt(at));
            high.append(inner.charAt(isRange ? at + 2 : at));
            at += isRange ? 3 : 1;
        }
        return new Part(low.toString(), high.toString(), isNegated, false);
    }

    boolean matches(String value) {
        String text = fold(value);
        int part = 0;
        int at = 0;
        int retryPart = -1;
        int retryAt = 0;
        while (at < text.length()) {
            boolean hasPart = part < parts.size();
            if (hasPart && parts.get(part).isAnyText()) {
                retryPart = ++part;
                retryAt = at;
            } else if (hasPart && parts.get(part).takes(text.charAt(at))) {
                part++;
                at++;
            } else if (retryPart >= 0) {
                // What the last % took was too little by one character.
                part = retryPart;
                at = ++retryAt;
            } else {
                return false;
            }
        }
        while (part < parts.size() && parts.get(part).isAnyText()) {
            part++;
        }
        return part == parts.size();
    }

    /** Character by character, so that nothing changes its place. */
    private static String fold(String text) {
        StringBuilder folded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            folded.append(Character.toLowerCase(Character.toUpperCase(text.charAt(i))));
        }
        return folded.toString();
    }
}
