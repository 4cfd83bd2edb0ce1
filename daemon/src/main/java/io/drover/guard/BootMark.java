package io.drover.guard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;

/**
 * Tells one run of a host from the next: monotonic clocks begin anew with each. On Linux it is made of the kernel's own
 * identifier; elsewhere it is the time at which the monotonic clock stood at zero, in seconds.
 *
 * @param value never 0
 */
public record BootMark(long value) {
    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    /** A wall clock is corrected by less than this while a host runs; a host does not start again so quickly. */
    private static final long TOLERANCE_SECONDS = 20;

    /** Marks that are times are below this, and the others above. */
    private static final long TIMES_BELOW = 1L << 40;

    /** Of the present run of this host. */
    public static BootMark now(InstantSource wallClock, long nanoTime) {
        try {
            if (Files.exists(LINUX)) {
                UUID id = UUID.fromString(
                        Files.readString(LINUX, StandardCharsets.US_ASCII).strip());
                long mixed = id.getMostSignificantBits() ^ id.getLeastSignificantBits();
                return new BootMark((mixed & Long.MAX_VALUE) | TIMES_BELOW);
            }
        } catch (IOException | IllegalArgumentException e) {
            // A system that only looks like Linux.
        }
        return new BootMark(Math.max(1, wallClock.instant().minusNanos(nanoTime).getEpochSecond()));
    }

    /** Whether both are of the same run. */
    public boolean isSame(BootMark other) {
        boolean areTimes = value < TIMES_BELOW && other.value < TIMES_BELOW;
        return areTimes ? Math.abs(value - other.value) <= TOLERANCE_SECONDS : value == other.value;
    }
}
