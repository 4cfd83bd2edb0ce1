package io.drover.engine.agent;

import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.model.VmSpec;

/**
 * What the hypervisor says of one guest.
 *
 * @param vm its name
 * @param state what it does
 * @param isSending whether its memory is being sent to another host now
 * @param memory bytes that it holds; 0 if it has no process
 * @param message what is wrong with it; empty if nothing is
 * @param hypervisorId the hypervisor's own identifier of it; empty if names are all that this hypervisor has
 */
public record SeenGuest(
        VmId vm, GuestState state, boolean isSending, long memory, String message, String hypervisorId) {
    /** One that is known by its name alone. */
    public SeenGuest(VmId vm, GuestState state, boolean isSending, long memory, String message) {
        this(vm, state, isSending, memory, message, "");
    }

    /** The same guest in another state, nothing being sent. */
    SeenGuest in(GuestState next) {
        return new SeenGuest(vm, next, false, memory, message, hypervisorId);
    }

    /** Whether it is the VM of a specification, and not another one of the same name. */
    boolean isOf(VmSpec spec) {
        return spec.mayBe(hypervisorId);
    }
}
