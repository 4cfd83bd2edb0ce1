package io.drover.sim.checks;

/**
 * A broken promise.
 *
 * @param invariant which
 * @param atNanos virtual time
 * @param text what happened
 */
public record Violation(String invariant, long atNanos, String text) {}
