package io.drover.sim.hyperv.host;

import java.time.Instant;

/** What is in the memory of a VM, and so goes along with it. Not for many threads. */
final class Guest {
    final long boot;
    final Instant bootedAt;
    long counter;

    Guest(long boot, Instant bootedAt) {
        this.boot = boot;
        this.bootedAt = bootedAt;
    }

    /** The same memory once more. */
    Guest copy() {
        Guest copy = new Guest(boot, bootedAt);
        copy.counter = counter;
        return copy;
    }
}
