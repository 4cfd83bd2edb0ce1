package io.drover.hostsetup;

/**
 * A subnet over which migrations may arrive.
 *
 * @param subnet its first address and the length of its prefix, as {@code 10.20.0.0/24}; the same subnet is always
 *     written the same way
 * @param priority Hyper-V's metric: the lowest goes first, equal ones are alike; 0 to 4294967295
 */
public record MigrationNetwork(String subnet, long priority) {
    /** The highest priority number. */
    public static final long PRIORITY_MAX = 0xFFFF_FFFFL;

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if the priority is out of range
     */
    public MigrationNetwork {
        if (priority < 0 || priority > PRIORITY_MAX) {
            throw new IllegalArgumentException(
                    "priority of network " + subnet + ": " + priority + " (expected: 0 to " + PRIORITY_MAX + ")");
        }
    }
}
