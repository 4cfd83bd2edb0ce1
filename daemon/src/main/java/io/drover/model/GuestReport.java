package io.drover.model;

import java.util.Optional;

/**
 * What an agent says of one guest.
 *
 * @param vm its name
 * @param state what the hypervisor says
 * @param memory bytes in use
 * @param message what the agent does with it, or what is wrong; empty when there is nothing to say
 * @param move how far it has come, while this node sends it away
 */
public record GuestReport(VmId vm, GuestState state, long memory, String message, Optional<MoveProgress> move) {}
