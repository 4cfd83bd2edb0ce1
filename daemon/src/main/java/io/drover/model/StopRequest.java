package io.drover.model;

/**
 * A request to the owner: shut the guest down and write {@link Phase.Stopped}.
 *
 * @param operation on whose behalf
 * @param turnOff at once, without asking the guest
 */
public record StopRequest(OperationId operation, boolean turnOff) {}
