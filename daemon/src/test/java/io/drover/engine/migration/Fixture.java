package io.drover.engine.migration;

import io.drover.model.DesiredState;
import io.drover.model.MigrationFigures;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One VM on its way from a to b, and both sides' machines with all that they have asked for. */
final class Fixture {
    static final NodeId A = new NodeId("a");
    static final NodeId B = new NodeId("b");
    static final VmId VM = new VmId("vm1");
    static final OperationId OPERATION = new OperationId("1-1");
    static final long MEMORY = 64L << 20;
    static final MoveProgress PROGRESS = new MoveProgress(40, 400, 600, 2, 12_000_000, 8_000_000);
    static final VmRecord PLACED = VmRecord.added(VmSpec.of(VM, MEMORY), DesiredState.RUNNING)
            .assignedTo(A)
            .claimedBy(A, 1);
    static final VmRecord MIGRATING = PLACED.migrating(new Phase.Migrating(A, 1, B, OPERATION, 1));
    static final Attempt AT_SOURCE = Attempt.of(MIGRATING, A, 1);
    static final Attempt AT_TARGET = Attempt.of(MIGRATING, B, 1);
    static final VmRecord ARRIVED = MIGRATING.arrivedAt(
            B, 1, AT_TARGET.moved(new MigrationFigures(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0)));
    static final VmRecord TAKEN_BACK = MIGRATING.takenBackBy(A, 1, AT_SOURCE.notMoved(Ending.failed("it failed", "")));
    static final VmRecord NOTED =
            MIGRATING.withLastMigration(AT_TARGET.notMoved(Ending.failed("it was destroyed", "look there")));
    static final VmRecord TOUCHED = MIGRATING.withDesired(DesiredState.OFF);

    private Fixture() {}

    static MigrationTerms terms(boolean isAtomic) {
        return MigrationTerms.of(isAtomic, Duration.ofMinutes(2));
    }

    /** A source under test. */
    static final class Source {
        SourceMigration machine;
        Duration now = Duration.ZERO;
        final List<MigrationAction> last = new ArrayList<>();
        final List<String> reasons = new ArrayList<>();

        Source(boolean isAtomic) {
            take(SourceMigration.begin(AT_SOURCE, terms(isAtomic), MIGRATING));
        }

        static Source sending() {
            return new Source(false).on(new MigrationEvent.Accepted("b:1", Duration.ofSeconds(30)));
        }

        static Source handedOver() {
            return sending()
                    .on(new MigrationEvent.GuestPaused())
                    .after(20)
                    .on(new MigrationEvent.GuestDeparted(Duration.ofMillis(500), 1000));
        }

        Source on(MigrationEvent.ForSource event) {
            return take(machine.on(event, now));
        }

        Source after(long millis) {
            now = now.plusMillis(millis);
            return this;
        }

        private Source take(MigrationStep<SourceMigration> step) {
            machine = step.next();
            last.clear();
            last.addAll(step.actions());
            step.reasons().forEach(reason -> reasons.add(reason.severity() + " " + reason.text()));
            return this;
        }
    }

    /** A target under test. */
    static final class Target {
        TargetMigration machine;
        Duration now = Duration.ZERO;
        final List<MigrationAction> last = new ArrayList<>();
        final List<String> reasons = new ArrayList<>();

        Target(boolean isAtomic) {
            take(TargetMigration.begin(AT_TARGET, terms(isAtomic), MIGRATING));
        }

        static Target receiving() {
            return new Target(false).on(new MigrationEvent.Prepared("b:1"));
        }

        static Target handedOver() {
            return receiving().on(new MigrationEvent.HandedOver(Duration.ofMillis(5), Duration.ofMillis(500), 1000));
        }

        Target on(MigrationEvent.ForTarget event) {
            return take(machine.on(event, now));
        }

        Target after(long millis) {
            now = now.plusMillis(millis);
            return this;
        }

        private Target take(MigrationStep<TargetMigration> step) {
            machine = step.next();
            last.clear();
            last.addAll(step.actions());
            step.reasons().forEach(reason -> reasons.add(reason.severity() + " " + reason.text()));
            return this;
        }
    }

    static MigrationAction act(GuestAct act) {
        return new MigrationAction.Act(act);
    }
}
