package io.drover.sim.hyperv.host;

import java.time.Duration;

/**
 * The network over which memory and disks travel.
 *
 * @param mibPerSecond what goes over it, shared by what is under way when something starts
 * @param dirtyMibPerSecond memory that a guest writes to while it is copied
 */
public record MigrationNetwork(long mibPerSecond, long dirtyMibPerSecond) {
    private static final int ROUNDS_MAX = 10;
    private static final long REST_MIB = 32;

    /** Time to copy memory, in rounds, until little is left or the rounds are used up. */
    Duration memory(long mib, int sharedBy) {
        double rate = Math.max(1.0, mibPerSecond / (double) Math.max(1, sharedBy));
        double left = mib;
        double seconds = 0;
        for (int round = 0; round < ROUNDS_MAX && left > REST_MIB; round++) {
            double length = left / rate;
            seconds += length;
            left = Math.min(left, dirtyMibPerSecond * length);
        }
        return Duration.ofMillis((long) ((seconds + left / rate) * 1000));
    }

    /** Time to copy disks. */
    Duration storage(long mib, int sharedBy) {
        return Duration.ofMillis((long) (mib * 1000.0 * Math.max(1, sharedBy) / mibPerSecond));
    }
}
