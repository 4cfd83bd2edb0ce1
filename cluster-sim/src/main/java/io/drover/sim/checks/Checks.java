package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.kernel.Journal;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import io.drover.sim.world.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** All invariants of a run. Collects what is broken; the first few are enough. */
public final class Checks implements Truth, Ensemble.Observer {
    private static final int MOST = 20;

    private final Cluster cluster;
    private final List<Invariant> invariants = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();

    private Checks(Cluster cluster) {
        this.cluster = cluster;
        Executions executions = new Executions(cluster);
        BiConsumer<String, String> report = this::report;
        invariants.add(executions);
        invariants.add(new NeverTwo(cluster, executions, report));
        invariants.add(new OwnerExecutes(cluster, executions, report));
        invariants.add(new OnlyWithLease(cluster, executions, report));
        invariants.add(new FencedStandsStill(cluster, executions, report));
        invariants.add(new FencedHoldsNoLease(cluster, report));
        invariants.add(new OneEpoch(cluster, report));
        invariants.add(new ProofBeforeReassignment(cluster, executions, report));
        invariants.add(new OneGenerationOneHost(cluster, report));
        invariants.add(new SaneRecords(report));
        invariants.add(new MemoryFits(cluster, report));
        invariants.add(new OneVoterAtATime(cluster, report));
        invariants.add(new VotersAreTold(cluster, report));
    }

    /** Watches a cluster from now on. */
    public static Checks of(Cluster cluster) {
        Checks checks = new Checks(cluster);
        cluster.ledger().observe(checks);
        cluster.world().ensemble().observe(checks);
        cluster.world().kernel().afterEach(checks::afterStep);
        return checks;
    }

    private void report(String invariant, String text) {
        if (violations.size() < MOST) {
            Violation violation =
                    new Violation(invariant, cluster.world().kernel().now(), text);
            violations.add(violation);
            cluster.world().journal().note("BROKEN " + invariant + ": " + text);
        }
    }

    /** What is broken, in the order in which it happened. */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** Whether something is broken. */
    public boolean isBroken() {
        return !violations.isEmpty();
    }

    /** The first broken promise in one line; empty if there is none. */
    public Optional<String> first() {
        return violations.stream()
                .findFirst()
                .map(first -> first.invariant() + " at " + Journal.seconds(first.atNanos()) + ": " + first.text());
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        invariants.forEach(each -> each.executes(vm, host, isExecuting, why, isLate));
    }

    @Override
    public void refusedByLock(VmId vm, NodeId host, NodeId holder, String what, boolean isLate) {
        invariants.forEach(each -> each.refusedByLock(vm, host, holder, what, isLate));
    }

    @Override
    public void goesOnFromOldMemory(VmId vm, NodeId host) {
        report(
                "memory is as old as the disks",
                vm + " goes on, on " + host + ", from memory of before its disks changed");
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        invariants.forEach(each -> each.committed(writer, epoch, changed));
    }

    private void afterStep() {
        for (Invariant each : invariants) {
            each.afterStep();
        }
    }
}
