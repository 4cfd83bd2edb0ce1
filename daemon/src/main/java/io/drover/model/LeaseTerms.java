package io.drover.model;

import java.time.Duration;

/**
 * How long a node may go on without its voters, and how it lets go. The same on all nodes.
 *
 * <p>Counted from the last renewal that a majority answered: at {@code duration - pauseBefore} the node pauses its VMs, so
 * that all of them stand still at {@code duration}; from then on the rest of the cluster may have them once {@code
 * killTime} and the margins have passed as well; at {@code duration + keepPaused} a node that is still alone turns its
 * paused copies off, so that their storage is free for whoever got them.
 *
 * @param duration what a voter promises with each renewal; at least four times {@code renewEvery}
 * @param renewEvery time between two renewals
 * @param pauseBefore how long before the end the pausing begins: it has to be complete at the end
 * @param keepPaused how long after the end a paused copy is kept for a resume without a restart
 * @param killTime the longest that the hardest way of stopping a guest takes, counted from the end
 * @param granularity added once to every wait for timers and schedulers that fire late
 * @param driftPpm how much faster or slower than real time a node's monotonic clock may run, in millionths; 0 to 100,000
 */
public record LeaseTerms(
        Duration duration,
        Duration renewEvery,
        Duration pauseBefore,
        Duration keepPaused,
        Duration killTime,
        Duration granularity,
        int driftPpm) {

    /** The defaults. */
    public static final LeaseTerms DEFAULTS = new LeaseTerms(
            Duration.ofMillis(3500),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(6),
            Duration.ofSeconds(1),
            Duration.ofMillis(100),
            500);

    /**
     * Checks the ranges and what they must be to each other.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public LeaseTerms {
        positive("renewEvery", renewEvery);
        positive("pauseBefore", pauseBefore);
        positive("killTime", killTime);
        if (keepPaused.isNegative()) {
            throw new IllegalArgumentException("lease.keepPaused: " + keepPaused + " (expected: >= PT0S)");
        }
        if (granularity.isNegative()) {
            throw new IllegalArgumentException("lease.granularity: " + granularity + " (expected: >= PT0S)");
        }
        if (driftPpm < 0 || driftPpm > 100_000) {
            throw new IllegalArgumentException("lease.driftPpm: " + driftPpm + " (expected: 0 to 100000)");
        }
        if (duration.compareTo(renewEvery.multipliedBy(4)) < 0) {
            throw new IllegalArgumentException("lease.duration: " + duration
                    + " (expected: at least four times lease.renewEvery, " + renewEvery.multipliedBy(4) + ")");
        }
        if (duration.minus(pauseBefore).compareTo(renewEvery.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException("lease.pauseBefore: " + pauseBefore
                    + " (expected: to leave at least two renewals, so at most "
                    + duration.minus(renewEvery.multipliedBy(2)) + ")");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("lease." + name + ": " + value + " (expected: > PT0S)");
        }
    }
}
