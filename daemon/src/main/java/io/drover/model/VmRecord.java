package io.drover.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The single truth about a VM: what it is, what it should do and who may execute it.
 *
 * @param spec what it is made of
 * @param desired what it should be doing
 * @param generation grows each time the owner changes, or may have
 * @param revision grows with each write of this record
 * @param phase who may execute it
 * @param stopRequest present while the owner is asked to stop the guest
 * @param lastMigration present after the first migration
 * @param failures newest last, at most {@link #FAILURES_KEPT}
 * @param failed given up: only an operator's start or stop ends this
 * @param drainedFrom the node that a drain took it from, to which it may return
 * @param storageMove present while the owner is asked to move its files
 */
public record VmRecord(
        VmSpec spec,
        DesiredState desired,
        long generation,
        long revision,
        Phase phase,
        Optional<StopRequest> stopRequest,
        Optional<MigrationResult> lastMigration,
        List<VmFailure> failures,
        boolean failed,
        Optional<NodeId> drainedFrom,
        Optional<StorageMove> storageMove) {

    /** Failures that a record keeps. */
    public static final int FAILURES_KEPT = 20;

    /** Keeps the newest failures only. */
    public VmRecord {
        int surplus = Math.max(0, failures.size() - FAILURES_KEPT);
        failures = List.copyOf(failures.subList(surplus, failures.size()));
    }

    /** Its files are not asked to move. */
    public VmRecord(
            VmSpec spec,
            DesiredState desired,
            long generation,
            long revision,
            Phase phase,
            Optional<StopRequest> stopRequest,
            Optional<MigrationResult> lastMigration,
            List<VmFailure> failures,
            boolean failed,
            Optional<NodeId> drainedFrom) {
        this(
                spec,
                desired,
                generation,
                revision,
                phase,
                stopRequest,
                lastMigration,
                failures,
                failed,
                drainedFrom,
                Optional.empty());
    }

    /** A VM that has just been added and runs nowhere. */
    public static VmRecord added(VmSpec spec, DesiredState desired) {
        return new VmRecord(
                spec,
                desired,
                0,
                0,
                new Phase.Stopped(Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                Optional.empty());
    }

    /** Its name. */
    public VmId id() {
        return spec.id();
    }

    /** Assigned to a node that does not own it yet, to start from its disks. */
    public VmRecord assignedTo(NodeId owner) {
        // What a move that failed has left anywhere must not go on any more: its disks are about to change.
        Optional<MigrationResult> outlived = lastMigration.map(MigrationResult::outlived);
        return next(generation + 1, new Phase.Assigned(owner), Optional.empty(), outlived, failures);
    }

    /** Claimed by its owner, or adopted by a later incarnation of it. */
    public VmRecord claimedBy(NodeId owner, long incarnation) {
        return next(generation, new Phase.Placed(owner, incarnation), stopRequest, lastMigration, failures);
    }

    /** On its way. */
    public VmRecord migrating(Phase.Migrating migration) {
        return next(generation, migration, stopRequest, lastMigration, failures);
    }

    /** Arrived: the target owns it, with its disks where the move has put them. */
    public VmRecord arrivedAt(NodeId target, long incarnation, MigrationResult result) {
        StoragePlan storage = phase instanceof Phase.Migrating migrating ? migrating.storage() : StoragePlan.NONE;
        VmRecord arrived =
                next(generation + 1, new Phase.Placed(target, incarnation), stopRequest, Optional.of(result), failures);
        return storage.isEmpty() ? arrived : arrived.with(spec.movedTo(storage), Optional.empty());
    }

    /** Its owner is asked to move its files. */
    public VmRecord movingStorage(StorageMove move) {
        VmRecord asked = next(generation, phase, stopRequest, lastMigration, failures);
        return asked.with(spec, Optional.of(move));
    }

    /** Its files have been moved as asked, or could not be. */
    public VmRecord storageMoved(MigrationResult result) {
        VmRecord told = next(generation, phase, stopRequest, Optional.of(result), failures);
        boolean hasMoved = result.outcome() == MigrationResult.Outcome.SUCCEEDED;
        VmSpec now =
                hasMoved ? storageMove.map(move -> spec.movedTo(move.plan())).orElse(spec) : spec;
        return told.with(now, Optional.empty());
    }

    private VmRecord with(VmSpec spec, Optional<StorageMove> storageMove) {
        return new VmRecord(
                spec,
                desired,
                generation,
                revision,
                phase,
                stopRequest,
                lastMigration,
                failures,
                failed,
                drainedFrom,
                storageMove);
    }

    /** Taken back by its source. */
    public VmRecord takenBackBy(NodeId source, long incarnation, MigrationResult result) {
        return next(generation, new Phase.Placed(source, incarnation), stopRequest, Optional.of(result), failures);
    }

    /** Off, on nobody. */
    public VmRecord stopped(NodeId lastOwner) {
        return next(generation, new Phase.Stopped(Optional.of(lastOwner)), Optional.empty(), lastMigration, failures);
    }

    /**
     * Off, on nobody, out of the middle of a migration: it may have executed at the target as the next generation already,
     * without the record's ever saying so. That number is used up.
     */
    public VmRecord lostOnItsWay(NodeId lastOwner) {
        return next(
                generation + 1, new Phase.Stopped(Optional.of(lastOwner)), Optional.empty(), lastMigration, failures);
    }

    /** With a request to stop. */
    public VmRecord withStopRequest(StopRequest request) {
        return next(generation, phase, Optional.of(request), lastMigration, failures);
    }

    /** Nobody asks its owner to stop it any more. */
    public VmRecord withoutStopRequest() {
        return next(generation, phase, Optional.empty(), lastMigration, failures);
    }

    /** With one more failure. */
    public VmRecord withFailure(VmFailure failure) {
        List<VmFailure> more = new ArrayList<>(failures);
        more.add(failure);
        return next(generation, phase, stopRequest, lastMigration, more);
    }

    /** With figures of the last migration that only became known after the commit. */
    public VmRecord withLastMigration(MigrationResult result) {
        return next(generation, phase, stopRequest, Optional.of(result), failures);
    }

    /** With another wish; ends a failed state. */
    public VmRecord withDesired(DesiredState desired) {
        return new VmRecord(
                spec,
                desired,
                generation,
                revision + 1,
                phase,
                stopRequest,
                lastMigration,
                failures,
                false,
                drainedFrom,
                storageMove);
    }

    /** Treated otherwise from now on. */
    public VmRecord withSpec(VmSpec spec) {
        return new VmRecord(
                spec,
                desired,
                generation,
                revision + 1,
                phase,
                stopRequest,
                lastMigration,
                failures,
                failed,
                drainedFrom,
                storageMove);
    }

    /** With its failures forgotten: they count against no limit any more. */
    public VmRecord forgiven() {
        return next(generation, phase, stopRequest, lastMigration, List.of());
    }

    /** Given up, or not any more. */
    public VmRecord withFailed(boolean failed) {
        return new VmRecord(
                spec,
                desired,
                generation,
                revision + 1,
                phase,
                stopRequest,
                lastMigration,
                failures,
                failed,
                drainedFrom,
                storageMove);
    }

    /** With the node to which it may return, or none. */
    public VmRecord withDrainedFrom(Optional<NodeId> drainedFrom) {
        return new VmRecord(
                spec,
                desired,
                generation,
                revision + 1,
                phase,
                stopRequest,
                lastMigration,
                failures,
                failed,
                drainedFrom,
                storageMove);
    }

    private VmRecord next(
            long generation,
            Phase phase,
            Optional<StopRequest> stopRequest,
            Optional<MigrationResult> lastMigration,
            List<VmFailure> failures) {
        return new VmRecord(
                spec,
                desired,
                generation,
                revision + 1,
                phase,
                stopRequest,
                lastMigration,
                failures,
                failed,
                drainedFrom,
                phase.node().equals(this.phase.node()) && phase instanceof Phase.Placed
                        ? storageMove
                        : Optional.empty());
    }
}
