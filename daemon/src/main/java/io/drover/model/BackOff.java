package io.drover.model;

import java.time.Duration;

/**
 * Waits between tries: each twice as long as the one before, up to a longest.
 *
 * @param first the wait after the first try; more than zero
 * @param longest at most so long
 */
public record BackOff(Duration first, Duration longest) {
    /** More doublings than any wait needs, and few enough for the figure to stay one. */
    private static final int DOUBLINGS_MAX = 10;

    /**
     * The wait before the next try.
     *
     * @param tries how many there have been; from 1, and less counts as 1
     */
    public Duration after(int tries) {
        Duration wait = first.multipliedBy(1L << Math.min(DOUBLINGS_MAX, Math.max(0, tries - 1)));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
