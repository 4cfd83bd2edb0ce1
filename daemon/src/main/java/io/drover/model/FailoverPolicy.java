package io.drover.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What the cluster does by itself, and how far it goes.
 *
 * @param armed whether it acts by itself at all; disarmed, it fences nobody, starts, restarts and moves nothing unasked
 * @param armedAgainAt when a disarmed cluster arms itself again; empty: only when asked
 * @param disarmReason why it was disarmed; empty while it is armed
 * @param failback what VMs do whose own policy is {@link FailbackMode#POLICY} when a node comes up that suits them
 *     better: {@code IMMEDIATE} returns to a more preferred owner at once, {@code POLICY} and {@code NONE} only when a
 *     node is resumed
 * @param shutdownPolicy what becomes of a node's VMs when its host shuts down
 * @param suspectAfter without report and renewal for so long a node is suspected; less than the lease
 * @param startsPerNode VMs that are starting on one node at a time; 1 to 100
 * @param restartWindow failures of a VM count against its limits for so long
 * @param quarantineAfter departures within {@code quarantineWindow} that put a node into quarantine; 0: never
 * @param quarantineWindow how far back departures count
 * @param quarantineDuration how long a quarantine lasts
 */
public record FailoverPolicy(
        boolean armed,
        Optional<Instant> armedAgainAt,
        String disarmReason,
        FailbackMode failback,
        ShutdownPolicy shutdownPolicy,
        Duration suspectAfter,
        int startsPerNode,
        Duration restartWindow,
        int quarantineAfter,
        Duration quarantineWindow,
        Duration quarantineDuration) {

    /** The defaults. Three departures in an hour and two hours of quarantine are those of Windows Server. */
    public static final FailoverPolicy DEFAULTS = new FailoverPolicy(
            true,
            Optional.empty(),
            "",
            FailbackMode.POLICY,
            ShutdownPolicy.DRAIN,
            Duration.ofSeconds(2),
            4,
            Duration.ofHours(1),
            3,
            Duration.ofHours(1),
            Duration.ofHours(2));

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public FailoverPolicy {
        if (suspectAfter.compareTo(Duration.ofMillis(500)) < 0) {
            throw new IllegalArgumentException("suspectAfter: " + suspectAfter + " (expected: >= PT0.5S)");
        }
        if (startsPerNode < 1 || startsPerNode > 100) {
            throw new IllegalArgumentException("startsPerNode: " + startsPerNode + " (expected: 1 to 100)");
        }
        if (quarantineAfter < 0) {
            throw new IllegalArgumentException("quarantineAfter: " + quarantineAfter + " (expected: >= 0)");
        }
    }

    /** Whether the cluster acts by itself at a moment. */
    public boolean isArmed(Instant now) {
        return armed || armedAgainAt.filter(at -> !now.isBefore(at)).isPresent();
    }

    /** Acting by itself again. */
    public FailoverPolicy rearmed() {
        return with(true, Optional.empty(), "");
    }

    /** Not acting by itself, until asked or until a moment. */
    public FailoverPolicy disarmed(Optional<Instant> until, String reason) {
        return with(false, until, reason);
    }

    private FailoverPolicy with(boolean armed, Optional<Instant> until, String reason) {
        return new FailoverPolicy(
                armed,
                until,
                reason,
                failback,
                shutdownPolicy,
                suspectAfter,
                startsPerNode,
                restartWindow,
                quarantineAfter,
                quarantineWindow,
                quarantineDuration);
    }
}
