package io.drover.engine.agent;

import io.drover.engine.migration.Recovery;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that has been asked for and not been answered yet.
 *
 * @param id of the decision
 * @param kind what it is
 * @param what the same in words; empty if nobody needs to be told of it
 * @param givenUpAt when no answer is waited for any more
 * @param seen the record that a write compares with
 * @param store what is written, of {@link Kind#STORE}
 * @param recovery what is written, of {@link Kind#RECOVERY_WRITE}
 */
record Deed(
        long id,
        Kind kind,
        String what,
        Instant givenUpAt,
        Optional<SeenVm> seen,
        Optional<Duty.Store> store,
        Optional<Recovery.Write> recovery) {

    enum Kind {
        START,
        RESTORE,
        /** After the lease has come back. */
        RESUME,
        /** By the lease. */
        PAUSE,
        STOP,
        /** For another node. */
        SAVE,
        /** By the lease. */
        TURN_OFF,
        FORGET,
        HAND_OVER,
        RECOVERY_RESUME,
        RECOVERY_DESTROY,
        RECOVERY_ABANDON,
        STORE,
        RECOVERY_WRITE
    }

    /** A call of the hypervisor. */
    static Deed call(long id, Kind kind, String what, Instant givenUpAt) {
        return new Deed(id, kind, what, givenUpAt, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A write that is a duty. */
    static Deed store(long id, SeenVm seen, Duty.Store store, String what, Instant givenUpAt) {
        return new Deed(id, Kind.STORE, what, givenUpAt, Optional.of(seen), Optional.of(store), Optional.empty());
    }

    /** A write of a recovery. */
    static Deed recovery(long id, SeenVm seen, Recovery.Write write, Instant givenUpAt) {
        return new Deed(
                id, Kind.RECOVERY_WRITE, "", givenUpAt, Optional.of(seen), Optional.empty(), Optional.of(write));
    }

    /** Whether the rules of recovery asked for it. */
    boolean isOfRecovery() {
        return kind == Kind.RECOVERY_RESUME || kind == Kind.RECOVERY_DESTROY || kind == Kind.RECOVERY_ABANDON;
    }

    /** Whether the guest is made to execute from its disks or its saved memory. */
    boolean isStart() {
        return kind == Kind.START || kind == Kind.RESTORE;
    }

    /** Whether the lease asked for it. */
    boolean isByLease() {
        return kind == Kind.PAUSE || kind == Kind.TURN_OFF;
    }
}
