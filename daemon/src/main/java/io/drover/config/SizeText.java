package io.drover.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it: a number with its unit, such as {@code 512MiB}, {@code 1.5GiB} or {@code 4GB}.
 * Units: {@code B}; {@code KiB}, {@code MiB}, {@code GiB}, {@code TiB}, {@code PiB} (powers of 1024); {@code kB},
 * {@code MB}, {@code GB}, {@code TB}, {@code PB} (powers of 1000). A number without a unit is refused, because what
 * would be meant by it is not certain.
 */
public final class SizeText {
    /** What a size looks like, for messages. */
    public static final String EXPECTED = "a number and a unit (B, KiB, MiB, GiB, TiB), such as 64GiB";

    private static final Pattern SIZE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([A-Za-z]{1,3})");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("B", 1L),
            Map.entry("KiB", 1L << 10),
            Map.entry("MiB", 1L << 20),
            Map.entry("GiB", 1L << 30),
            Map.entry("TiB", 1L << 40),
            Map.entry("PiB", 1L << 50),
            Map.entry("kB", 1_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("GB", 1_000_000_000L),
            Map.entry("TB", 1_000_000_000_000L),
            Map.entry("PB", 1_000_000_000_000_000L));
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private SizeText() {}

    /**
     * Reads a size.
     *
     * @return bytes; parts of a byte are cut off
     * @throws IllegalArgumentException if the text is not a size, or more than 2^63 - 1 bytes
     */
    public static long parse(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size");
        }
        Long unit = UNITS.get(matcher.group(2));
        if (unit == null) {
            throw new IllegalArgumentException("'" + text + "' has an unknown unit");
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'" + text + "' is too large");
        }
        return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
    }

    /** A text for people, in the largest binary unit that leaves at least 1, with one decimal where it matters. */
    public static String format(long bytes) {
        int unit = 0;
        double number = bytes;
        while (number >= 1024 && unit < BINARY.length - 1) {
            number /= 1024;
            unit++;
        }
        String figure = number == Math.rint(number)
                ? String.valueOf((long) number)
                : String.format(Locale.ROOT, "%.1f", number);
        return figure + BINARY[unit];
    }
}
