package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.VmRecord;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Records only go forward: revisions grow by one, generations and incarnations never fall, what has ended stays so. */
final class SaneRecords implements Invariant {
    private final BiConsumer<String, String> report;

    SaneRecords(BiConsumer<String, String> report) {
        this.report = report;
    }

    @Override
    public String name() {
        return "sane records";
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        for (Ensemble.Changed change : changed) {
            if (change.before() instanceof VmRecord before && change.after() instanceof VmRecord after) {
                check(before, after, writer);
            } else if (change.before() instanceof NodeRecord before && change.after() instanceof NodeRecord after) {
                boolean isBack =
                        after.incarnation() < before.incarnation() || after.incarnation() > before.incarnation() + 1;
                require(
                        !isBack,
                        "incarnation of " + after.id() + ": " + before.incarnation() + " to " + after.incarnation());
            } else if (change.before() instanceof Operation before && change.after() instanceof Operation after) {
                require(
                        !before.state().isFinal() || before.state() == after.state(),
                        "operation " + after.id() + " has ended as " + before.state() + " and becomes "
                                + after.state());
            }
        }
    }

    private void check(VmRecord before, VmRecord after, NodeId writer) {
        require(
                after.revision() > before.revision(),
                "revision of " + after.id() + ": " + before.revision() + " to " + after.revision() + " by " + writer);
        require(
                after.generation() >= before.generation(),
                "generation of " + after.id() + ": " + before.generation() + " to " + after.generation());
        boolean isOwnerOther = !after.phase().nodes().isEmpty()
                && !before.phase().nodes().isEmpty()
                && java.util.Collections.disjoint(
                        after.phase().nodes(), before.phase().nodes());
        require(
                !isOwnerOther || after.generation() > before.generation(),
                after.id() + " changes hands without a new generation: " + before.phase() + " to " + after.phase());
    }

    private void require(boolean isRight, String text) {
        if (!isRight) {
            report.accept(name(), text);
        }
    }
}
