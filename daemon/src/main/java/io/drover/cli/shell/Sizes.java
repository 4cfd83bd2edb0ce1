package io.drover.cli.shell;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes in bytes as they are written on a command line: {@code 64MiB}, {@code 4GiB}, {@code 1.5GiB}. */
public final class Sizes implements ITypeConverter<Long> {
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,12})(?:\\.(\\d{1,3}))?\\s?([KMGT]i?B?|B)?");
    private static final String UNITS = "KMGT";

    /**
     * Reads a size. Units are powers of 1024, whether written {@code MiB}, {@code MB} or {@code M}, as Hyper-V has it;
     * without a unit it is bytes.
     *
     * @throws TypeConversionException if it is not a size, is zero, or is beyond a petabyte
     */
    @Override
    public Long convert(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw refused(text);
        }
        String unit = matcher.group(3);
        int power =
                unit == null ? 0 : UNITS.indexOf(unit.toUpperCase(Locale.ROOT).charAt(0)) + 1;
        String fraction = matcher.group(2);
        double value = Double.parseDouble(matcher.group(1) + (fraction == null ? "" : "." + fraction));
        double bytes = value * Math.pow(1024, power);
        if (bytes < 1 || bytes > Math.pow(1024, 5) || (power == 0 && fraction != null)) {
            throw refused(text);
        }
        return (long) bytes;
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException("size '" + text + "' (expected: such as 64MiB, 4GiB, at most 1024TiB)");
    }
}
