package io.drover.sim.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what has no event: asks again and again. */
final class Waits {
    private Waits() {}

    /**
     * Asks until the answer is yes.
     *
     * @param what for the message
     * @param pause between two questions
     * @return nanoseconds by {@link System#nanoTime} at which the yes had come
     * @throws IllegalStateException if it does not come in time
     */
    static long until(String what, Duration pause, Duration limit, BooleanSupplier question) {
        long end = System.nanoTime() + limit.toNanos();
        while (!question.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("waited " + limit.toSeconds() + " s in vain: " + what);
            }
            LockSupport.parkNanos(pause.toNanos());
        }
        return System.nanoTime();
    }

    /** Milliseconds since a moment of {@link System#nanoTime}. */
    static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
