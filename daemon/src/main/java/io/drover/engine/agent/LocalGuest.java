package io.drover.engine.agent;

import io.drover.model.GuestState;
import io.drover.model.OperationId;
import java.time.Instant;
import java.util.Optional;

/**
 * What an agent remembers of one VM, for as long as its process lives.
 *
 * @param state what the hypervisor said last; empty if it knows no such guest
 * @param startable the next start is not a failure: the VM was claimed and has not run here yet, or its failure is
 *     recorded already
 * @param seen attempts of a migration up to this one have been begun here, or were there when the agent started
 * @param hasSession a migration of it is under way here
 * @param notBefore no start is tried before
 * @param lateStartUntil a start has failed or was given up, and may take effect until then for all that is known
 */
public record LocalGuest(
        Optional<GuestState> state,
        boolean startable,
        Optional<Attempt> seen,
        boolean hasSession,
        Optional<Instant> notBefore,
        Optional<Instant> lateStartUntil) {

    /** One try of one operation to migrate the VM. */
    public record Attempt(OperationId operation, int number) {}

    /** Of a VM that was just heard of. */
    public static final LocalGuest UNKNOWN =
            new LocalGuest(Optional.empty(), false, Optional.empty(), false, Optional.empty(), Optional.empty());

    /** With what the hypervisor says now. */
    public LocalGuest seenAs(Optional<GuestState> state) {
        return new LocalGuest(state, startable, seen, hasSession, notBefore, lateStartUntil);
    }

    /** With or without leave to start it. */
    public LocalGuest withStartable(boolean startable) {
        return new LocalGuest(state, startable, seen, hasSession, notBefore, lateStartUntil);
    }

    /** With an attempt that is not to be begun again. */
    public LocalGuest withSeen(Attempt attempt) {
        return new LocalGuest(state, startable, Optional.of(attempt), hasSession, notBefore, lateStartUntil);
    }

    /** With or without a migration under way. */
    public LocalGuest withSession(boolean hasSession) {
        return new LocalGuest(state, startable, seen, hasSession, notBefore, lateStartUntil);
    }

    /** Not to be started before a moment. */
    public LocalGuest withNotBefore(Instant moment) {
        return new LocalGuest(state, startable, seen, hasSession, Optional.of(moment), lateStartUntil);
    }

    /** With a start that has failed, and may take effect until a moment. */
    public LocalGuest withLateStart(Instant until) {
        return new LocalGuest(state, startable, seen, hasSession, notBefore, Optional.of(until));
    }
}
