package io.drover.engine.migration;

import io.drover.model.MigrationResult;

/**
 * Why a try did not move the guest.
 *
 * @param outcome failed, cancelled or lost
 * @param reason what went wrong, or who cancelled
 * @param remedy what can be done about it; may be empty
 * @param isRetryable false if the same target would refuse again
 */
public record Ending(MigrationResult.Outcome outcome, String reason, String remedy, boolean isRetryable) {
    /** What to do about a guest that neither host has, where nobody knows better. */
    static final String SEE_BOTH_HOSTS = "see what both hosts log about it before it is moved again";

    /** A failure that may not happen again. */
    public static Ending failed(String reason, String remedy) {
        return new Ending(MigrationResult.Outcome.FAILED, reason, remedy, true);
    }

    /** A failure that would happen again. */
    public static Ending hopeless(String reason, String remedy) {
        return new Ending(MigrationResult.Outcome.FAILED, reason, remedy, false);
    }

    /** Nobody can say whether the guest has run at the target, which has lost it. */
    public static Ending lost(String reason, String remedy) {
        return new Ending(MigrationResult.Outcome.LOST, reason, remedy, true);
    }

    /** The guest is on neither node, so that it has to start anew. Another try may cost it another start. */
    public static Ending vanished(String reason, String remedy) {
        return new Ending(MigrationResult.Outcome.LOST, reason, remedy, false);
    }

    /** An end that was asked for. */
    public static Ending cancelled(String why) {
        return new Ending(MigrationResult.Outcome.CANCELLED, why, "", true);
    }
}
