package io.drover.model;

import java.time.Duration;

/**
 * What a migration cost.
 *
 * @param blackout time in which the guest did not run, as the source saw it: an upper bound
 * @param duration from the offer to the commit
 * @param hypervisorTime the hypervisor's own figure for the copy
 * @param bytes bytes sent
 */
public record MigrationFigures(Duration blackout, Duration duration, Duration hypervisorTime, long bytes) {
    /** The figures of a result. */
    public static MigrationFigures of(MigrationResult result) {
        return new MigrationFigures(result.blackout(), result.duration(), result.hypervisorTime(), result.bytes());
    }
}
