package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Machine;
import java.util.function.BiConsumer;

/** No host holds more guests than it has memory for. */
final class MemoryFits implements Invariant {
    private final Cluster cluster;
    private final BiConsumer<String, String> report;

    MemoryFits(Cluster cluster, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.report = report;
    }

    @Override
    public String name() {
        return "memory fits";
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        Machine machine = cluster.machine(host);
        long taken = machine.hypervisor().memoryTaken();
        if (isExecuting && taken > machine.memory()) {
            report.accept(name(), host + " holds " + taken + " of " + machine.memory() + " bytes with " + vm);
        }
    }
}
