package io.drover.cli.shell;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as they are written on a command line: {@code 500ms}, {@code 90s}, {@code 5m}, {@code 1h30m}, {@code 2d}. */
public final class Durations implements ITypeConverter<Duration> {
    private static final Pattern WRITTEN =
            Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

    /**
     * Reads a duration.
     *
     * @throws TypeConversionException if it is not one, or is zero
     */
    @Override
    public Duration convert(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw refused(text);
        }
        Duration duration = Duration.ofDays(part(matcher, 1))
                .plusHours(part(matcher, 2))
                .plusMinutes(part(matcher, 3))
                .plusSeconds(part(matcher, 4))
                .plusMillis(part(matcher, 5));
        if (duration.isZero()) {
            throw refused(text);
        }
        return duration;
    }

    private static long part(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException(
                "duration '" + text + "' (expected: more than zero, such as 90s, 5m, 1h30m)");
    }
}
