package io.drover.hypervisor;

import io.drover.model.GuestState;
import io.drover.model.VmId;

/**
 * What the hypervisor says of one guest.
 *
 * @param vm its name
 * @param state what it does
 * @param memory bytes that it holds; 0 if it has no process
 * @param sending whether its memory is being sent to another host now
 * @param message what is wrong with it; empty if nothing is
 * @param hypervisorId the hypervisor's own identifier of it; empty if names are all that this hypervisor has
 */
public record GuestStatus(
        VmId vm, GuestState state, long memory, boolean sending, String message, String hypervisorId) {
    /** One that is known by its name alone. */
    public GuestStatus(VmId vm, GuestState state, long memory, boolean sending, String message) {
        this(vm, state, memory, sending, message, "");
    }
}
