package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Machine;
import java.util.function.BiConsumer;

/**
 * A guest begins to execute only on a node whose lease has not ended, and none executes longer than the time for the
 * hardest kill after its node's lease has ended.
 */
final class OnlyWithLease implements Invariant {
    private static final long LOOK_EVERY = 50_000_000L;

    private final Cluster cluster;
    private final Executions executions;
    private final BiConsumer<String, String> report;
    private final long killTime;
    private long lookedAt;

    OnlyWithLease(Cluster cluster, Executions executions, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.executions = executions;
        this.report = report;
        this.killTime =
                cluster.terms().killTime().plus(cluster.terms().granularity()).toNanos();
    }

    @Override
    public String name() {
        return "only with a lease";
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        if (isExecuting && !isLate && executions.record(vm).isPresent() && over(host) > killTime) {
            report.accept(
                    name(),
                    vm + " begins on " + host + " (" + why + "), whose lease ended " + over(host) / 1_000_000
                            + " ms ago");
        }
    }

    @Override
    public void afterStep() {
        long now = cluster.world().kernel().now();
        if (now - lookedAt < LOOK_EVERY) {
            return;
        }
        lookedAt = now;
        executions
                .all()
                .forEach((vm, hosts) -> hosts.forEach((host, execution) -> {
                    long sinceBegun = now - execution.since();
                    if (over(host) > killTime
                            && sinceBegun > killTime
                            && executions.record(vm).isPresent()) {
                        report.accept(
                                name(),
                                vm + " executes on " + host + ", whose lease ended " + over(host) / 1_000_000
                                        + " ms ago");
                    }
                }));
    }

    /** How long ago a node's lease ended, by its own clock; negative if it has not. */
    private long over(NodeId host) {
        Machine machine = cluster.machine(host);
        return machine.guard().isArmed()
                ? machine.clock().read() - machine.guard().endsAt()
                : Long.MAX_VALUE;
    }
}
