package io.drover.sim.lab;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what has no event: asks again and again. A thread that is interrupted stops waiting, with an exception. */
public final class Waits {
    private static final Duration PAUSE = Duration.ofMillis(25);

    private Waits() {}

    /**
     * Asks until the answer is yes.
     *
     * @param what for the message
     * @throws IllegalStateException if it does not come in time
     */
    static void until(String what, Duration limit, BooleanSupplier question) {
        until(what, PAUSE, limit, question);
    }

    /**
     * Asks until the answer is yes.
     *
     * @param what for the message
     * @param pause between two questions
     * @return nanoseconds by {@link System#nanoTime} at which the yes had come
     * @throws IllegalStateException if it does not come in time
     */
    @CanIgnoreReturnValue
    public static long until(String what, Duration pause, Duration limit, BooleanSupplier question) {
        if (!within(pause, limit, question)) {
            throw new IllegalStateException("waited " + limit.toSeconds() + " s in vain: " + what);
        }
        return System.nanoTime();
    }

    /** Asks until the answer is yes, and says whether it came in time. */
    static boolean within(Duration limit, BooleanSupplier question) {
        return within(PAUSE, limit, question);
    }

    private static boolean within(Duration pause, Duration limit, BooleanSupplier question) {
        long end = System.nanoTime() + limit.toNanos();
        while (!question.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            pass(pause);
        }
        return true;
    }

    /** Lets time pass where nothing but the time is waited for, such as the next moment of a scenario in real time. */
    public static void pass(Duration length) {
        try {
            Thread.sleep(length.toMillis(), length.toNanosPart() % 1_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Milliseconds since a moment of {@link System#nanoTime}. */
    public static double millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e6;
    }
}
