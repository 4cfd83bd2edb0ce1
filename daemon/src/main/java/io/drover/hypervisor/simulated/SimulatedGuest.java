package io.drover.hypervisor.simulated;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.drover.hypervisor.GuestStatus;
import io.drover.model.GuestState;
import io.drover.model.VmSpec;
import java.time.Instant;

/**
 * A guest that pretends to run, as it stands in its file.
 *
 * @param spec what it is made of
 * @param state what it does
 * @param counterThen ticks that it had done at {@code sinceMillis}
 * @param sinceMillis when it came into this state, milliseconds since 1970
 * @param token by which its source knows it, while it is received; empty otherwise
 */
record SimulatedGuest(VmSpec spec, GuestState state, long counterThen, long sinceMillis, String token) {
    /** A tick is this long. */
    static final long TICK_MILLIS = 10;

    /** Ticks that it has done. */
    @JsonIgnore
    long counter(Instant now) {
        long ran = state == GuestState.RUNNING ? Math.max(0, now.toEpochMilli() - sinceMillis) / TICK_MILLIS : 0;
        return counterThen + ran;
    }

    /** The same guest in another state. */
    SimulatedGuest in(GuestState next, Instant now) {
        return new SimulatedGuest(spec, next, counter(now), now.toEpochMilli(), token);
    }

    /** The same guest with its counter where another copy's was. */
    SimulatedGuest arrivedAs(SimulatedGuest source, Instant now) {
        return new SimulatedGuest(spec, GuestState.ARRIVED, source.counter(now), now.toEpochMilli(), token);
    }

    /** Whether it has memory on its host. */
    @JsonIgnore
    boolean hasMemory() {
        return state != GuestState.OFF && state != GuestState.SAVED;
    }

    GuestStatus toStatus(boolean sending) {
        return new GuestStatus(spec.id(), state, hasMemory() ? spec.memory() : 0, sending, "");
    }
}
