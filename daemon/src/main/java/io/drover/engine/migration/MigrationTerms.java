package io.drover.engine.migration;

import java.time.Duration;

/**
 * What a session goes by.
 *
 * @param isAtomic whether the hypervisors let the guest run at the target by themselves
 * @param offerTimeout longest wait for the answer to an offer
 * @param promiseExpiry how long a target keeps memory and a slot without hearing of progress
 * @param copyTimeout longest time of the copy, from the start of the sending to the switch-over
 */
public record MigrationTerms(boolean isAtomic, Duration offerTimeout, Duration promiseExpiry, Duration copyTimeout) {
    /** Longest time of a copy that takes the guest's files with it: disks are large. */
    public static final Duration WITH_FILES = Duration.ofHours(24);

    /** Wait before a read or a write is tried again. */
    public static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** Wait before an atomic hypervisor is looked at again for a guest that is about to run. */
    public static final Duration LOOK_AFTER = Duration.ofMillis(100);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a time is not positive
     */
    public MigrationTerms {
        positive("offerTimeout", offerTimeout);
        positive("promiseExpiry", promiseExpiry);
        positive("copyTimeout", copyTimeout);
    }

    /** With the usual 15 s for an answer and 30 s for a promise. */
    public static MigrationTerms of(boolean isAtomic, Duration copyTimeout) {
        return new MigrationTerms(isAtomic, Duration.ofSeconds(15), Duration.ofSeconds(30), copyTimeout);
    }

    private static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > PT0S)");
        }
    }
}
