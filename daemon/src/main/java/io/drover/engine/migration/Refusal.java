package io.drover.engine.migration;

/**
 * A target's answer that it does not take a guest.
 *
 * @param cause its class
 * @param text why, with the figures
 * @param remedy what can be done about it; may be empty
 * @param isRetryable whether the same offer may succeed later
 */
public record Refusal(RefusalCause cause, String text, String remedy, boolean isRetryable) {}
