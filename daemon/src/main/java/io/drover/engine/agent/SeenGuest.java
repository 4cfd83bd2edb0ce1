package io.drover.engine.agent;

import io.drover.model.GuestState;
import io.drover.model.VmId;

/**
 * What the hypervisor says of one guest.
 *
 * @param vm its name
 * @param state what it does
 * @param isSending whether its memory is being sent to another host now
 * @param memory bytes that it holds; 0 if it has no process
 * @param message what is wrong with it; empty if nothing is
 */
public record SeenGuest(VmId vm, GuestState state, boolean isSending, long memory, String message) {
    /** The same guest in another state, nothing being sent. */
    SeenGuest in(GuestState next) {
        return new SeenGuest(vm, next, false, memory, message);
    }
}
