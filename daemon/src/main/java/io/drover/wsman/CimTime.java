package io.drover.wsman;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Points in time and intervals in their two spellings: ISO 8601 on the wire, DMTF (DSP0004) in {@code INSTANCE} texts.
 */
final class CimTime {
    /** How hosts say that something never happened. */
    static final Instant NEVER = Instant.parse("1601-01-01T00:00:00Z");

    private static final Pattern DMTF_TIME =
            Pattern.compile("(\\d{4})(\\d{2})(\\d{2})(\\d{2})(\\d{2})(\\d{2})\\.(\\d{6})([+-])(\\d{3})");
    private static final Pattern DMTF_INTERVAL = Pattern.compile("(\\d{8})(\\d{2})(\\d{2})(\\d{2})\\.(\\d{6}):000");

    /** Years and months have no length of their own; hosts write none, or none of them. */
    private static final Pattern NO_YEARS_NO_MONTHS = Pattern.compile("^P(0+Y)?(0+M)?(?=[0-9T])");

    private static final Duration INTERVAL_MAX = Duration.ofDays(100_000_000L);

    private CimTime() {}

    static Optional<Instant> instant(String text) {
        String stripped = text.strip();
        try {
            Matcher dmtf = DMTF_TIME.matcher(stripped);
            return Optional.of(dmtf.matches() ? dmtf(dmtf) : iso(stripped));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** What has no zone is in UTC, as hosts send it. */
    private static Instant iso(String text) {
        boolean zoned = text.matches(".*(Z|z|[+-]\\d\\d:\\d\\d)");
        return zoned
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private static Instant dmtf(Matcher parts) {
        LocalDateTime local = LocalDateTime.of(
                number(parts, 1),
                number(parts, 2),
                number(parts, 3),
                number(parts, 4),
                number(parts, 5),
                number(parts, 6),
                number(parts, 7) * 1000);
        Duration offset = Duration.ofMinutes(number(parts, 9));
        Instant asUtc = local.toInstant(ZoneOffset.UTC);
        return parts.group(8).equals("+") ? asUtc.minus(offset) : asUtc.plus(offset);
    }

    static Optional<Duration> interval(String text) {
        String stripped = text.strip();
        try {
            Matcher dmtf = DMTF_INTERVAL.matcher(stripped);
            return Optional.of(
                    dmtf.matches()
                            ? dmtfInterval(dmtf)
                            : Duration.parse(
                                    NO_YEARS_NO_MONTHS.matcher(stripped).replaceFirst("P")));
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Duration dmtfInterval(Matcher parts) {
        return Duration.ofDays(number(parts, 1))
                .plusHours(number(parts, 2))
                .plusMinutes(number(parts, 3))
                .plusSeconds(number(parts, 4))
                .plusNanos(number(parts, 5) * 1000L);
    }

    static String dmtf(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        if (utc.getYear() < 0 || utc.getYear() > 9999) {
            throw new IllegalArgumentException("time " + time + " (expected: years 0 to 9999)");
        }
        return String.format(
                Locale.ROOT,
                "%04d%02d%02d%02d%02d%02d.%06d+000",
                utc.getYear(),
                utc.getMonthValue(),
                utc.getDayOfMonth(),
                utc.getHour(),
                utc.getMinute(),
                utc.getSecond(),
                utc.getNano() / 1000);
    }

    static String dmtf(Duration interval) {
        if (interval.isNegative() || interval.compareTo(INTERVAL_MAX) >= 0) {
            throw new IllegalArgumentException("interval " + interval + " (expected: 0 to 99999999 days)");
        }
        return String.format(
                Locale.ROOT,
                "%08d%02d%02d%02d.%06d:000",
                interval.toDays(),
                interval.toHoursPart(),
                interval.toMinutesPart(),
                interval.toSecondsPart(),
                interval.toNanosPart() / 1000);
    }

    /** The DMTF spelling of a point in time or an interval in any spelling. */
    static Optional<String> toDmtf(String text) {
        return instant(text).map(CimTime::dmtf).or(() -> interval(text).map(CimTime::dmtf));
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }
}
