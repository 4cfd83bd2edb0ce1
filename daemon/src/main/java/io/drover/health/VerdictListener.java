package io.drover.health;

import io.drover.model.ProbeStatus;

/** Told when a probe's verdict changes. */
@FunctionalInterface
public interface VerdictListener {
    /**
     * The level has changed. Called by the one thread that keeps the probes' time: it must return at once, and calls
     * come one at a time in the order of the changes.
     */
    void changed(ProbeStatus before, ProbeStatus after);
}
