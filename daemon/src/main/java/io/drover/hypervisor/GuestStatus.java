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
 */
public record GuestStatus(VmId vm, GuestState state, long memory, boolean sending, String message) {}
