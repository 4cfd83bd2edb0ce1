package io.drover.model;

import java.util.Locale;

/** Byte counts in words, for reasons and tables. */
public final class ByteCount {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private ByteCount() {}

    /** The count in the largest unit that keeps it at least 1, with at most one decimal: {@code 1.5 GiB}. */
    public static String text(long bytes) {
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        String digits = String.format(Locale.ROOT, "%.1f", value);
        return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits) + " " + UNITS[unit];
    }
}
