package io.drover.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time as people write it: whole numbers, each with its unit, the larger unit first, such as {@code 500ms},
 * {@code 6s} or {@code 1h30m}. Units: {@code ms}, {@code s}, {@code m} or {@code min}, {@code h}, {@code d} (24 hours).
 */
public final class DurationText {
    /** What a length of time looks like, for messages. */
    public static final String EXPECTED = "a whole number and a unit (ms, s, m, h, d), such as 6s";

    private static final Pattern WHOLE = Pattern.compile(
            "(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})(?:min|m(?!s)))?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");
    private static final long[] UNIT_MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};
    private static final String[] UNIT_NAMES = {"d", "h", "m", "s", "ms"};

    private DurationText() {}

    /**
     * Reads a length of time.
     *
     * @throws IllegalArgumentException if the text is not one
     */
    public static Duration parse(String text) {
        Matcher matcher = WHOLE.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a length of time");
        }
        long millis = 0;
        for (int unit = 0; unit < UNIT_MILLIS.length; unit++) {
            String number = matcher.group(unit + 1);
            // No overflow: nine digits of the largest unit are below 2^63 milliseconds by a factor of a hundred.
            millis += number == null ? 0 : Long.parseLong(number) * UNIT_MILLIS[unit];
        }
        return Duration.ofMillis(millis);
    }

    /** The shortest text that {@link #parse} reads back; parts of a millisecond are cut off. */
    public static String format(Duration duration) {
        long left = duration.toMillis();
        if (left == 0) {
            return "0s";
        }
        StringBuilder text = new StringBuilder();
        for (int unit = 0; unit < UNIT_MILLIS.length; unit++) {
            long number = left / UNIT_MILLIS[unit];
            left %= UNIT_MILLIS[unit];
            if (number > 0) {
                text.append(number).append(UNIT_NAMES[unit]);
            }
        }
        return text.toString();
    }
}
