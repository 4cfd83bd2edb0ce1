package io.drover.coordination.codec;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** Turns times into those of the wire and back, to the nanosecond. */
public final class Times {
    private Times() {}

    /** An instant for the wire. */
    public static Timestamp toProto(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /** An instant from the wire. */
    public static Instant fromProto(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    /** A duration for the wire; seconds and nanoseconds have the same sign there. */
    public static com.google.protobuf.Duration toProto(Duration duration) {
        long seconds = duration.getSeconds();
        int nanos = duration.getNano();
        if (seconds < 0 && nanos > 0) {
            seconds++;
            nanos -= 1_000_000_000;
        }
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(seconds)
                .setNanos(nanos)
                .build();
    }

    /** A duration from the wire. */
    public static Duration fromProto(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    }
}
