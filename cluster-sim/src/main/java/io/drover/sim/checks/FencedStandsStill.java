package io.drover.sim.checks;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VmId;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A record that says that a node is fenced, or has left, is true: the node executes nothing. */
final class FencedStandsStill implements Invariant {
    private final Cluster cluster;
    private final Executions executions;
    private final BiConsumer<String, String> report;

    FencedStandsStill(Cluster cluster, Executions executions, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.executions = executions;
        this.report = report;
    }

    @Override
    public String name() {
        return "fenced stands still";
    }

    private static boolean isGone(NodeRecord node) {
        return node.fencing() == FencingState.FENCED || node.fencing() == FencingState.LEFT;
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        for (Ensemble.Changed change : changed) {
            boolean becomes = change.key().kind().equals(RecordKind.NODES)
                    && change.after() instanceof NodeRecord after
                    && isGone(after)
                    && !(change.before() instanceof NodeRecord before && isGone(before));
            if (becomes && change.after() instanceof NodeRecord node) {
                executions.all().forEach((vm, hosts) -> {
                    Executions.Execution execution = hosts.get(node.id());
                    if (execution != null
                            && !execution.isLate()
                            && executions.record(vm).isPresent()) {
                        report.accept(
                                name(),
                                node.id() + " is written down as " + node.fencing() + " (" + node.fencingProof()
                                        + ") while it executes " + vm);
                    }
                });
            }
        }
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        if (!isExecuting || isLate || executions.record(vm).isEmpty()) {
            return;
        }
        Optional<NodeRecord> node = cluster.world().ensemble().truth(RecordKey.of(host));
        if (node.filter(FencedStandsStill::isGone).isPresent()) {
            report.accept(
                    name(),
                    vm + " begins on " + host + " (" + why + "), which is "
                            + node.get().fencing() + " (" + node.get().fencingProof() + ")");
        }
    }
}
