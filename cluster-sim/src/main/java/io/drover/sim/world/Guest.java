package io.drover.sim.world;

import io.drover.model.GuestState;
import io.drover.model.VmSpec;
import org.jspecify.annotations.Nullable;

/** A guest on a simulated host. */
final class Guest {
    final VmSpec spec;
    GuestState state;

    @Nullable
    Sending sending;

    /** Whether it is to run as soon as it has arrived. */
    boolean isAwaited;

    /** How often its disks had been opened when its memory was saved. */
    int savedAfter;

    /** Grows with each change, so that what was begun before one can tell. */
    int changes;

    Guest(VmSpec spec, GuestState state) {
        this.spec = spec;
        this.state = state;
    }

    boolean hasMemory() {
        return state != GuestState.OFF && state != GuestState.SAVED;
    }

    /** Whether it has its disks open. */
    boolean holdsDisks() {
        return state == GuestState.RUNNING || state == GuestState.PAUSED;
    }
}
