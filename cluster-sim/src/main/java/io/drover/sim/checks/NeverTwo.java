package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.shell.Cluster;
import java.util.function.BiConsumer;

/**
 * A VM never executes on two hosts at the same time. Nor is it ever only the lock of its storage that keeps it from that:
 * the lock is the second net, and a protocol that relies on it is broken. A call that hung long after it had been decided
 * upon is what the net is for.
 */
final class NeverTwo implements Invariant {
    private final Cluster cluster;
    private final Executions executions;
    private final BiConsumer<String, String> report;

    NeverTwo(Cluster cluster, Executions executions, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.executions = executions;
        this.report = report;
    }

    @Override
    public String name() {
        return "never two";
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        if (isExecuting && executions.hosts(vm).size() > 1) {
            report.accept(name(), vm + " executes on " + executions.hosts(vm).keySet());
        }
    }

    @Override
    public void refusedByLock(VmId vm, NodeId host, NodeId holder, String what, boolean isLate) {
        Executions.Execution execution = executions.hosts(vm).get(holder);
        boolean isHolderLate = execution != null && execution.isLate();
        if (execution != null
                && !isLate
                && !isHolderLate
                && executions.record(vm).isPresent()) {
            report.accept(
                    name(),
                    vm + " executes on " + holder + ", and only its lock kept " + host + " from executing it too ("
                            + what + "); its record says "
                            + executions
                                    .record(vm)
                                    .map(record -> record.phase())
                                    .orElseThrow()
                            + ", the nodes " + cluster.describe(holder) + " and " + cluster.describe(host));
        }
    }
}
