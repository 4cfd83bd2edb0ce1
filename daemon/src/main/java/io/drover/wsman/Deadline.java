package io.drover.wsman;

import java.time.Duration;

/** The end of a call's time, on the clock that no one sets. */
final class Deadline {
    private final Duration whole;
    private final long endNs;

    private Deadline(Duration whole, long endNs) {
        this.whole = whole;
        this.endNs = endNs;
    }

    static Deadline in(Duration within) {
        if (within.isNegative() || within.isZero()) {
            throw new IllegalArgumentException("time for a call " + within + " (expected: > PT0S)");
        }
        return new Deadline(within, System.nanoTime() + within.toNanos());
    }

    /** At most so much of what remains. */
    Deadline atMost(Duration limit) {
        long limitNs = System.nanoTime() + limit.toNanos();
        return limitNs - endNs < 0 ? new Deadline(limit, limitNs) : this;
    }

    /** What remains; 0 if nothing does. */
    long remainingNs() {
        return Math.max(0, endNs - System.nanoTime());
    }

    boolean isOver() {
        return remainingNs() == 0;
    }

    /** How long it was in the beginning. */
    Duration whole() {
        return whole;
    }
}
