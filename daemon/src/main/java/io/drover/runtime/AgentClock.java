package io.drover.runtime;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time by which an agent decides: the wall clock as it stood at the start, carried on by the monotonic clock. It
 * never jumps, so that a corrected wall clock neither ends a time-out nor prolongs one. Safe for any thread.
 */
public final class AgentClock implements InstantSource {
    private final Instant start = InstantSource.system().instant();
    private final long startNanos = System.nanoTime();

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }
}
