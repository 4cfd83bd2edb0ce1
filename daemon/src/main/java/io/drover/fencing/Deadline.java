package io.drover.fencing;

import java.time.Duration;

/** A moment of the process's own clock at which waiting ends. Immutable, for any thread. */
public final class Deadline {
    private final long endsAtNanos;

    private Deadline(long endsAtNanos) {
        this.endsAtNanos = endsAtNanos;
    }

    /** The moment that is so far away from now. */
    public static Deadline after(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    /** What is left of it; zero once it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, endsAtNanos - System.nanoTime()));
    }

    /** Whether nothing is left of it. */
    public boolean isPassed() {
        return endsAtNanos - System.nanoTime() <= 0;
    }
}
