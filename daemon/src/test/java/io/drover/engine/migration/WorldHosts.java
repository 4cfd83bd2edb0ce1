package io.drover.engine.migration;

import io.drover.model.MigrationResult;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import java.util.List;
import java.util.Optional;

/**
 * Hosts of a {@link MigrationWorld} that lose their power, for good or for a while, and a coordinator that knows by a proof
 * which of them are gone and does what {@code engine.coordinator.Failover} does: each of its writes holds only if the
 * record is as it read it, and the host still gone.
 */
final class WorldHosts {
    private final MigrationWorld world;
    /** Every second world has hosts that fail. */
    final boolean areWeak;

    boolean hasRebooted;
    /** The VM has been given to a third host, on which it executes from now on. */
    boolean isRecovered;

    WorldHosts(MigrationWorld world) {
        this.world = world;
        this.areWeak = world.random.nextBoolean();
    }

    void fault() {
        WorldSide side = world.random.nextBoolean() ? world.source : world.target;
        if (!side.isHostDead) {
            world.tell("the host of " + side.self + " loses its power");
            side.hostDies();
        }
    }

    void moves(List<Runnable> moves) {
        for (WorldSide side : List.of(world.source, world.target)) {
            if (side.isHostDead && world.hasFaults && world.random.nextInt(4) == 0) {
                moves.add(() -> {
                    world.tell("the host of " + side.self + " is back");
                    hasRebooted = true;
                    side.isHostDead = false;
                });
            }
        }
        if (world.source.isHostDead || world.target.isHostDead) {
            VmRecord read = world.history.get(world.reading(0));
            if (next(read).isPresent()) {
                moves.add(() -> next(read).ifPresent(next -> decide(read, next)));
            }
        }
    }

    private void decide(VmRecord read, VmRecord next) {
        if (world.compareAndSet(read, next, "coordinator") && next.phase() instanceof Phase.Stopped) {
            isRecovered = true;
        }
    }

    private Optional<VmRecord> next(VmRecord record) {
        if (!(record.phase() instanceof Phase.Migrating migrating)) {
            return Optional.empty();
        }
        boolean hasNote = record.lastMigration().isPresent();
        boolean isSourceDead = world.source.isHostDead;
        boolean isTargetDead = world.target.isHostDead;
        if (isSourceDead && (isTargetDead || hasNote)) {
            return Optional.of(record.stopped(MigrationWorld.A));
        }
        return isTargetDead && !hasNote
                ? Optional.of(record.withLastMigration(MigrationResult.notMoved(
                        migrating, world.rules.noteOfCoordinator(), "the target is gone", "", true)))
                : Optional.empty();
    }

    void check() {
        boolean isExecuting =
                MigrationWorld.isExecuting(world.sourceGuest) || MigrationWorld.isExecuting(world.targetGuest);
        if (isRecovered && isExecuting) {
            throw new MigrationWorld.Broken("the guest executes here, and on the host that it was given to");
        }
    }

    /** Whether nothing is left to do, where a host was lost; empty if none was, or it does not matter. */
    Optional<Boolean> isSettled() {
        boolean areIdle = isIdle(world.source) && isIdle(world.target);
        Phase phase = world.record().phase();
        if (phase instanceof Phase.Stopped) {
            // By the coordinator, or by a source that gave up what may have run at the target.
            return Optional.of(areIdle && world.sourceGuest.isEmpty() && world.targetGuest.isEmpty());
        }
        boolean isOwnerDead = phase instanceof Phase.Placed placed
                && (placed.owner().equals(MigrationWorld.A) ? world.source : world.target).isHostDead;
        // An owner that is gone is an ordinary failover.
        return isOwnerDead ? Optional.of(areIdle) : Optional.empty();
    }

    private static boolean isIdle(WorldSide side) {
        return side.isHostDead || side.isIdle();
    }
}
