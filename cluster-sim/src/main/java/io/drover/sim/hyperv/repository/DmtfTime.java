package io.drover.sim.hyperv.repository;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments and intervals as DMTF writes them, in queries and in CIM-XML. */
public final class DmtfTime {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss.SSSSSS'+000'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private DmtfTime() {}

    /** A moment or an interval as text. */
    public static String format(Object value) {
        if (value instanceof Instant moment) {
            return MOMENT.format(moment);
        }
        if (value instanceof Duration interval) {
            return String.format(
                    Locale.ROOT,
                    "%08d%02d%02d%02d.%06d:000",
                    interval.toDays(),
                    interval.toHoursPart(),
                    interval.toMinutesPart(),
                    interval.toSecondsPart(),
                    interval.toNanosPart() / 1000);
        }
        return value.toString();
    }
}
