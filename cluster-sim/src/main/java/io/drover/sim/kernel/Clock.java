package io.drover.sim.kernel;

import java.time.Instant;

/** A node's clocks: a monotonic one that runs a little too fast or too slow, and what it takes for the time of day. */
public final class Clock {
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");
    private static final long MILLION = 1_000_000;

    private final Kernel kernel;
    private long offset;
    private long since;
    private int ppm;
    private final long wallOffset;

    /**
     * A clock.
     *
     * @param offset what its monotonic clock reads at the beginning, nanoseconds
     * @param wallOffset by how much its time of day is wrong, nanoseconds
     * @param ppm by how many millionths it runs too fast; negative: too slow
     */
    public Clock(Kernel kernel, long offset, long wallOffset, int ppm) {
        this.kernel = kernel;
        this.offset = offset;
        this.wallOffset = wallOffset - offset;
        this.ppm = ppm;
        this.since = kernel.now();
    }

    /** The monotonic clock, nanoseconds from any point. */
    public long read() {
        long real = kernel.now() - since;
        return offset + real + scaled(real);
    }

    private long scaled(long nanos) {
        return nanos / MILLION * ppm + nanos % MILLION * ppm / MILLION;
    }

    /** The time of day as this node sees it. It never goes back. */
    public Instant instant() {
        return BEGINNING.plusNanos(read() + wallOffset);
    }

    /** Real time that passes while this clock shows that so much has; at least that. */
    public long real(long shown) {
        return ppm == 0 ? shown : shown - scaled(shown) + scaled(scaled(shown)) + 1;
    }

    /** Lets it run at another rate from now on. */
    public void drift(int ppm) {
        offset = read();
        since = kernel.now();
        this.ppm = ppm;
    }
}
