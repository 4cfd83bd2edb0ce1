package io.drover.health;

/** Knows how much memory of the host is free. */
@FunctionalInterface
public interface MemorySource {
    /**
     * The memory now. Called by a thread of the probes.
     *
     * @throws RuntimeException if it cannot be found out; its message is the probe's evidence
     */
    Memory read();

    /**
     * Memory of a host.
     *
     * @param free bytes that programs could have now without others being paged out
     * @param total bytes; more than 0
     */
    record Memory(long free, long total) {}
}
