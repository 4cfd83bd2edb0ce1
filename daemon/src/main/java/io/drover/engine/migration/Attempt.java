package io.drover.engine.migration;

import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;

/**
 * One try to move one VM, as one of the two sides takes part in it.
 *
 * @param vm the VM
 * @param self the side that looks at it
 * @param incarnation the present incarnation of that side
 * @param migrating the phase that names the try
 */
public record Attempt(VmId vm, NodeId self, long incarnation, Phase.Migrating migrating) {
    /**
     * Checks that the side takes part.
     *
     * @throws IllegalArgumentException if the node is neither source nor target
     */
    public Attempt {
        if (!migrating.nodes().contains(self)) {
            throw new IllegalArgumentException("migration of VM '" + vm + "' on node '" + self + "': " + migrating
                    + " (expected: one of its two)");
        }
    }

    /**
     * The try that a record names.
     *
     * @throws IllegalArgumentException if the record is not migrating, or not from or to this node
     */
    public static Attempt of(VmRecord record, NodeId self, long incarnation) {
        if (record.phase() instanceof Phase.Migrating migrating) {
            return new Attempt(record.id(), self, incarnation, migrating);
        }
        throw new IllegalArgumentException(
                "migration of VM '" + record.id() + "': phase " + record.phase() + " (expected: Migrating)");
    }

    /** Whether the record is still in this try. */
    public boolean isCurrent(VmRecord record) {
        return record.phase() instanceof Phase.Migrating now
                && now.operation().equals(migrating.operation())
                && now.attempt() == migrating.attempt()
                && now.source().equals(migrating.source())
                && now.target().equals(migrating.target());
    }

    /** Whether a result is of this try. */
    public boolean isOf(MigrationResult result) {
        return result.operation().equals(migrating.operation())
                && result.attempt() == migrating.attempt()
                && result.source().equals(migrating.source())
                && result.target().equals(migrating.target());
    }

    /** Whether the target has noted that it holds nothing of this try and never will, while the try is current. */
    public boolean hasNote(VmRecord record) {
        return isCurrent(record)
                && record.lastMigration()
                        .filter(this::isOf)
                        .filter(result -> result.outcome() != MigrationResult.Outcome.SUCCEEDED)
                        .isPresent();
    }

    /** Whether the note says that the guest may have run at the target, so that what has left the source is out of date. */
    public boolean isLost(VmRecord record) {
        return hasNote(record)
                && record.lastMigration()
                        .filter(note -> note.outcome() == MigrationResult.Outcome.LOST)
                        .isPresent();
    }

    /** Whether the record makes this node the owner: placed here, or already leaving from here in another try. */
    public boolean isWon(VmRecord record) {
        if (record.phase() instanceof Phase.Placed placed) {
            return placed.owner().equals(self);
        }
        return !isCurrent(record)
                && record.phase() instanceof Phase.Migrating next
                && next.source().equals(self);
    }

    /** Whether the target has committed this try. */
    public boolean isArrived(VmRecord record) {
        return record.lastMigration()
                .filter(this::isOf)
                .filter(result -> result.outcome() == MigrationResult.Outcome.SUCCEEDED)
                .isPresent();
    }

    /** The result of a try that moved the guest. */
    public MigrationResult moved(MigrationFigures figures) {
        return new MigrationResult(
                migrating.operation(),
                migrating.attempt(),
                migrating.source(),
                migrating.target(),
                MigrationResult.Outcome.SUCCEEDED,
                "",
                "",
                false,
                figures.blackout(),
                figures.duration(),
                figures.hypervisorTime(),
                figures.bytes());
    }

    /** The result of a try that did not. */
    public MigrationResult notMoved(Ending ending) {
        return MigrationResult.notMoved(
                migrating, ending.outcome(), ending.reason(), ending.remedy(), ending.isRetryable());
    }

    /** A reason about this try. */
    public Reason reason(Severity severity, String text) {
        return Reason.of(severity, Topic.MIGRATION, vm, text).in(migrating.operation());
    }

    @Override
    public String toString() {
        return "migration of VM '" + vm + "' from " + migrating.source() + " to " + migrating.target() + " (operation "
                + migrating.operation() + ", attempt " + migrating.attempt() + ")";
    }
}
