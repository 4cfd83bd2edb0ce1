package io.drover.health;

/** A call to the hypervisor that is cheap and that only a working hypervisor answers. */
@FunctionalInterface
public interface HypervisorAnswer {
    /**
     * Asks and waits for the answer. Called by a thread of the probes; interrupted when it takes too long.
     *
     * @throws RuntimeException if there is no answer; its message is the probe's evidence
     */
    void ask();
}
