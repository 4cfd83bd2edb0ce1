package io.drover.wsman;

import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Arrays of bytes in the two ways in which they are written: a number each, or all as base64. */
final class Octets {
    private Octets() {}

    static Optional<byte[]> of(List<String> elements) {
        Optional<byte[]> numbers = numbers(elements);
        return numbers.isPresent() || elements.size() != 1 ? numbers : base64(elements.get(0));
    }

    private static Optional<byte[]> numbers(List<String> elements) {
        byte[] bytes = new byte[elements.size()];
        for (int i = 0; i < bytes.length; i++) {
            String digits = elements.get(i).strip();
            if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(Octets::isDigit)) {
                return Optional.empty();
            }
            int number = Integer.parseInt(digits);
            if (number > 0xFF) {
                return Optional.empty();
            }
            bytes[i] = (byte) number;
        }
        return Optional.of(bytes);
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    /** With its padding, as XML Schema wants it: without, 256 would be two bytes of base64. */
    private static Optional<byte[]> base64(String text) {
        String dense = text.replaceAll("\\s", "");
        if (dense.length() % 4 != 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getDecoder().decode(dense));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
