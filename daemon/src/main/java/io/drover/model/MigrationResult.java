package io.drover.model;

import java.time.Duration;

/**
 * How a migration ended.
 *
 * @param operation on whose behalf it was tried
 * @param attempt which try of the operation; from 1
 * @param source where the guest was
 * @param target where it should have gone
 * @param outcome how it ended
 * @param reason why it did not succeed; empty if it did
 * @param remedy what can be done about it; empty if it succeeded
 * @param retryable false if the same target would refuse again
 * @param blackout time in which the guest did not run, as the source saw it: an upper bound
 * @param duration from the offer to the commit
 * @param hypervisorTime the hypervisor's own figure for the copy
 * @param bytes bytes sent
 */
public record MigrationResult(
        OperationId operation,
        int attempt,
        NodeId source,
        NodeId target,
        Outcome outcome,
        String reason,
        String remedy,
        boolean retryable,
        Duration blackout,
        Duration duration,
        Duration hypervisorTime,
        long bytes) {

    /** How a migration can end. */
    public enum Outcome {
        /** The guest runs on the target. */
        SUCCEEDED,
        /** The guest runs on the source. */
        FAILED,
        /** The guest runs on the source, as asked. */
        CANCELLED,
        /**
         * The guest may have run on a target that has lost it since: no other copy of it may go on, for its disks may
         * have changed. It starts anew, from its disks.
         */
        LOST
    }

    /** The same once the VM is started anew from its disks: the copy that stayed behind is of no use any more. */
    public MigrationResult outlived() {
        return outcome == Outcome.SUCCEEDED
                ? this
                : new MigrationResult(
                        operation,
                        attempt,
                        source,
                        target,
                        Outcome.LOST,
                        reason,
                        remedy,
                        retryable,
                        blackout,
                        duration,
                        hypervisorTime,
                        bytes);
    }

    /** A try that did not move the guest. */
    public static MigrationResult notMoved(
            Phase.Migrating migration, Outcome outcome, String reason, String remedy, boolean retryable) {
        return new MigrationResult(
                migration.operation(),
                migration.attempt(),
                migration.source(),
                migration.target(),
                outcome,
                reason,
                remedy,
                retryable,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0);
    }
}
