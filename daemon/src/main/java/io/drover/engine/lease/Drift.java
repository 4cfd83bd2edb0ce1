package io.drover.engine.lease;

import java.time.Duration;

/**
 * How lengths of time on two monotonic clocks relate, each of which runs at most {@code ppm} millionths too fast or too
 * slow.
 *
 * @param ppm bound for each clock; 0 to 100,000
 */
public record Drift(int ppm) {
    private static final long MILLION = 1_000_000;

    /** The longest that a length on another clock can be on ours, rounded up to microseconds. */
    public Duration longest(Duration theirs) {
        long micros = theirs.toNanos() / 1_000 + 1;
        return Duration.ofNanos((micros * (MILLION + ppm) / (MILLION - ppm) + 1) * 1_000);
    }

    /**
     * A moment that is so far from now on another clock, as far from now on ours as it can be later: what is to come takes
     * as long as it can, and what has passed is as short ago as it can be.
     *
     * @param theirs negative for what has passed
     */
    public Duration latest(Duration theirs) {
        return theirs.isNegative() ? shortest(theirs.negated()).negated() : longest(theirs);
    }

    /** The shortest that a length on another clock can be on ours, rounded down to microseconds. */
    public Duration shortest(Duration theirs) {
        long micros = theirs.toNanos() / 1_000;
        return Duration.ofNanos(Math.max(0, micros * (MILLION - ppm) / (MILLION + ppm) - 1) * 1_000);
    }
}
