package io.drover.health;

import io.drover.model.HealthLevel;

/** One look at one thing. */
interface Check {
    /**
     * Looks once. Never called again before it has returned.
     *
     * @throws InterruptedException if it was interrupted, which it is when it takes too long; what it holds is freed
     * @throws RuntimeException if it could not look: that counts as {@link #unanswered}
     */
    Observation run() throws InterruptedException;

    /** What it counts as if it does not return in time or cannot look. */
    default HealthLevel unanswered() {
        return HealthLevel.CRITICAL;
    }

    /**
     * What was seen.
     *
     * @param evidence in words
     */
    record Observation(HealthLevel level, String evidence) {}
}
