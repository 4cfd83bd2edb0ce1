package io.drover.model;

import java.time.Duration;

/**
 * A request to the owner of a VM: move its files while it stays where it is. It stands in the record until the owner has
 * written how it ended, so that an agent that starts anew goes on with it.
 *
 * @param operation on whose behalf
 * @param attempt which try of the operation; from 1
 * @param plan where the files go
 */
public record StorageMove(OperationId operation, int attempt, StoragePlan plan) {
    /**
     * How it ended.
     *
     * @param node the owner
     * @param reason why it did not succeed; empty if it did
     */
    public MigrationResult result(
            NodeId node, MigrationResult.Outcome outcome, String reason, String remedy, Duration duration) {
        boolean isRetryable = outcome == MigrationResult.Outcome.FAILED;
        return new MigrationResult(
                operation,
                attempt,
                node,
                node,
                outcome,
                reason,
                remedy,
                isRetryable,
                Duration.ZERO,
                duration,
                duration,
                0);
    }
}
