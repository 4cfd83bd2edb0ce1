package io.drover.sim.fuzz;

import io.drover.coordination.RecordKind;
import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.VmRecord;
import io.drover.sim.checks.Checks;
import io.drover.sim.scenario.Act;
import io.drover.sim.scenario.Scenario;
import io.drover.sim.scenario.Stage;
import io.drover.sim.shell.Cluster;
import io.drover.sim.shell.Defects;
import io.drover.sim.world.Machine;
import java.util.List;
import java.util.Optional;

/** Runs one history: first what happens in it, then, once everything is repaired, whether all is well again in time. */
final class Trial {
    private static final long SECOND = 1_000_000_000L;

    /** Once everything works again, all is well after this long. */
    static final long BOUND = 420 * SECOND;

    private static final long LOOK_EVERY = 5 * SECOND;

    private final Cluster cluster;
    private final Checks checks;
    private final Stage stage;
    private final History history;

    /**
     * What came of a history.
     *
     * @param failure what is broken, in words; empty if nothing is
     * @param invariant its name; empty if nothing is broken
     * @param virtualNanos how long the history was
     * @param fingerprint of all that happened
     * @param journal the newest lines of what happened
     */
    record Outcome(
            Optional<String> failure, String invariant, long virtualNanos, long fingerprint, List<String> journal) {}

    private Trial(History history, long seed, Defects defects, int journalKept) {
        this.history = history;
        this.cluster = new Cluster(history.plan(), seed, defects, journalKept);
        this.checks = Checks.of(cluster);
        this.stage = new Stage(cluster);
        cluster.world()
                .ensemble()
                .observe((writer, epoch, changed) -> changed.forEach(change -> {
                    if (change.after() instanceof VmRecord record) {
                        cluster.ledger()
                                .wanted(record.id(), record.desired() == DesiredState.RUNNING && !record.failed());
                    }
                }));
    }

    /** Runs a history. */
    static Outcome of(History history, long seed, Defects defects, int journalKept) {
        return new Trial(history, seed, defects, journalKept).run();
    }

    private Outcome run() {
        cluster.world().weather(history.weather());
        for (Scenario.GuestFault fault : history.guestFaults()) {
            cluster.world().faults().fail(fault.vm(), fault.act(), fault.times(), fault.onlyOn());
        }
        for (Scenario.Moment moment : history.moments()) {
            long at = moment.at().toNanos();
            if (at < history.repairedAt()) {
                cluster.world().kernel().plan(at, () -> moment.acts().forEach(stage::perform));
            }
        }
        cluster.world().kernel().plan(history.repairedAt(), this::repair);
        long end = history.repairedAt() + BOUND;
        Optional<String> unwell = Optional.of("not looked at yet");
        while (cluster.world().kernel().now() < end && !checks.isBroken()) {
            cluster.runUntil(cluster.world().kernel().now() + LOOK_EVERY);
            if (cluster.world().kernel().now() > history.repairedAt()) {
                // A fencing device may do only now what it was told before.
                cluster.world().machines().forEach(Machine::powerOn);
                unwell = Wellness.objection(cluster);
                if (unwell.isEmpty()) {
                    break;
                }
            }
        }
        if (checks.isBroken()) {
            return outcome(checks.first(), checks.violations().get(0).invariant());
        }
        return unwell.isPresent()
                ? outcome(
                        Optional.of(
                                "liveness: " + BOUND / SECOND + " s after everything was repaired, " + unwell.get()),
                        "liveness")
                : outcome(Optional.empty(), "");
    }

    private void repair() {
        // What was asked for in bad times must not come about in good ones.
        cluster.changeShift();
        stage.perform(new Act.RepairAll());
        stage.perform(new Act.Arm());
        history.plan().nodes().forEach(node -> {
            stage.perform(new Act.ClearQuarantine(node.id()));
            stage.perform(new Act.Resume(node.id(), FailbackMode.NONE));
        });
        // Whoever was told to go off by a test that has ended is wanted again.
        cluster.world().ensemble().truth(RecordKind.VMS).stream()
                .filter(VmRecord::failed)
                .forEach(vm -> stage.perform(new Act.Start(vm.id())));
    }

    private Outcome outcome(Optional<String> failure, String invariant) {
        return new Outcome(
                failure,
                invariant,
                cluster.world().kernel().now(),
                cluster.world().journal().fingerprint(),
                cluster.world().journal().lines());
    }
}
