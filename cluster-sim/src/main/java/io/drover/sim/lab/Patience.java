package io.drover.sim.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something to become so. */
final class Patience {
    private static final long PAUSE_MILLIS = 25;

    private Patience() {}

    /**
     * Waits.
     *
     * @param what is waited for, for the message
     * @throws IllegalStateException if it does not become so in time, or the thread is interrupted
     */
    static void until(String what, Duration limit, BooleanSupplier condition) {
        if (!within(limit, condition)) {
            throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
        }
    }

    /** Waits, and says whether it became so in time. */
    static boolean within(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            sleep(Duration.ofMillis(PAUSE_MILLIS));
        }
        return true;
    }

    /** Lets time pass. */
    static void sleep(Duration length) {
        try {
            Thread.sleep(Math.max(0, length.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
