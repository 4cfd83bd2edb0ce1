package io.drover.sim.checks;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** A coordinator takes a VM from its owner only once the owner is proved gone, and from a pair only if nobody has it. */
final class ProofBeforeReassignment implements Invariant {
    private final Cluster cluster;
    private final Executions executions;
    private final BiConsumer<String, String> report;

    ProofBeforeReassignment(Cluster cluster, Executions executions, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.executions = executions;
        this.report = report;
    }

    @Override
    public String name() {
        return "proof before reassignment";
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        for (Ensemble.Changed change : changed) {
            boolean isVm = change.key().kind().equals(RecordKind.VMS);
            if (isVm
                    && epoch.isPresent()
                    && change.before() instanceof VmRecord before
                    && change.after() instanceof VmRecord after
                    && !before.phase().equals(after.phase())) {
                check(before, after);
            }
        }
    }

    private void check(VmRecord before, VmRecord after) {
        if (before.phase() instanceof Phase.Placed placed) {
            boolean stays = after.phase() instanceof Phase.Migrating migrating
                    && migrating.source().equals(placed.owner());
            if (!stays && !isGone(placed.owner())) {
                report.accept(
                        name(),
                        text(before, after) + ", " + placed.owner() + " is " + cluster.describe(placed.owner()));
            }
        } else if (before.phase() instanceof Phase.Migrating migrating) {
            boolean isNobodyGone = !isGone(migrating.source()) && !isGone(migrating.target());
            if (isNobodyGone || !executions.hosts(before.id()).isEmpty()) {
                report.accept(
                        name(),
                        text(before, after) + ", it executes on "
                                + executions.hosts(before.id()).keySet() + "; " + cluster.describe(migrating.source())
                                + ", " + cluster.describe(migrating.target()));
            }
        }
    }

    private static String text(VmRecord before, VmRecord after) {
        return before.id() + " is taken from " + before.phase() + " to " + after.phase();
    }

    private boolean isGone(NodeId node) {
        Optional<NodeRecord> record = cluster.world().ensemble().truth(RecordKey.of(node));
        return record.isEmpty()
                || record.get().fencing() == FencingState.FENCED
                || record.get().fencing() == FencingState.LEFT;
    }
}
