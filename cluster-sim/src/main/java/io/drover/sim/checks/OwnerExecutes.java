package io.drover.sim.checks;

import io.drover.coordination.RecordKind;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Who executes a VM is its owner by the record, or one of the pair that hands it over. */
final class OwnerExecutes implements Invariant {
    private final Cluster cluster;
    private final Executions executions;
    private final BiConsumer<String, String> report;

    OwnerExecutes(Cluster cluster, Executions executions, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.executions = executions;
        this.report = report;
    }

    @Override
    public String name() {
        return "owner executes";
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        if (isExecuting) {
            executions.record(vm).ifPresent(record -> check(vm, record, "begins (" + why + ")"));
        }
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        for (Ensemble.Changed change : changed) {
            // What runs somewhere when it is added belongs to nobody yet.
            if (change.key().kind().equals(RecordKind.VMS)
                    && change.before() != null
                    && change.after() instanceof VmRecord record) {
                check(record.id(), record, "goes on after a write by " + writer);
            }
        }
    }

    private void check(VmId vm, VmRecord record, String what) {
        executions.hosts(vm).forEach((host, execution) -> {
            if (!record.phase().nodes().contains(host) && !execution.isLate()) {
                report.accept(
                        name(),
                        vm + " on " + host + " " + what + ", its record says " + record.phase() + "; "
                                + cluster.describe(host));
            }
        });
    }
}
