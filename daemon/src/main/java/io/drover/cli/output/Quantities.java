package io.drover.cli.output;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as a person reads them, with their units. */
public final class Quantities {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Quantities() {}

    /** Bytes: {@code 64 MiB}, {@code 1.5 GiB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return number(value) + " " + UNITS[unit];
    }

    /** Two amounts of bytes in the unit of the second: {@code 0.8/2 GiB}. */
    public static String share(long part, long whole) {
        long unit = 1;
        int name = 0;
        while (whole / unit >= 1024 && name < UNITS.length - 1) {
            unit *= 1024;
            name++;
        }
        return number((double) part / unit) + "/" + number((double) whole / unit) + " " + UNITS[name];
    }

    /** A length of time: {@code 38 ms}, {@code 1.2 s}, {@code 4 min 12 s}, {@code 3 h 5 min}, {@code 2 d 7 h}. */
    public static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return Math.max(0, millis) + " ms";
        }
        if (millis < 60_000) {
            return number(millis / 1000.0) + " s";
        }
        long seconds = duration.toSeconds();
        if (seconds < 3600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        long minutes = seconds / 60;
        return minutes < 24 * 60
                ? two(minutes / 60, "h", minutes % 60, "min")
                : two(minutes / 1440, "d", minutes / 60 % 24, "h");
    }

    /** The same for a duration of the wire. */
    public static String duration(com.google.protobuf.Duration duration) {
        return duration(Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
    }

    /** A length of time as a duration of the wire. */
    public static com.google.protobuf.Duration toProto(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** How long ago something was, to a tenth of a second: {@code 0.4 s}. */
    public static String age(com.google.protobuf.Duration duration) {
        Duration age = Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
        return age.toMillis() < 1000 ? number(age.toMillis() / 1000.0) + " s" : duration(age);
    }

    /** The time from one moment to the next; zero if they are the wrong way round. */
    public static Duration between(Timestamp from, Instant to) {
        Duration between = Duration.between(instant(from), to);
        return between.isNegative() ? Duration.ZERO : between;
    }

    /** A moment as an instant. */
    public static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    /** Date and time of day. */
    public static String date(Timestamp time, ZoneId zone) {
        return DATE.format(instant(time).atZone(zone));
    }

    /** Time of day. */
    public static String clock(Instant time, ZoneId zone) {
        return CLOCK.format(time.atZone(zone));
    }

    /** A share of one as a percentage: {@code 31 %}. */
    public static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    /** A number with its noun: {@code 1 VM}, {@code 2 VMs}. */
    public static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        return small == 0 ? large + " " + largeUnit : large + " " + largeUnit + " " + small + " " + smallUnit;
    }

    /** One decimal below ten, none from there on. */
    private static String number(double value) {
        String text = String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
