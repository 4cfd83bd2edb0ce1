package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The set of voters changes by one member at a time, and only once the present one is known. */
final class OneVoterAtATime implements Invariant {
    private final BiConsumer<String, String> report;

    OneVoterAtATime(BiConsumer<String, String> report) {
        this.report = report;
    }

    @Override
    public String name() {
        return "one voter at a time";
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        for (Ensemble.Changed change : changed) {
            if (change.before() instanceof VoterSet before
                    && change.after() instanceof VoterSet after
                    && after.version() != before.version()) {
                check(before, after);
            }
        }
    }

    private void check(VoterSet before, VoterSet after) {
        TreeSet<NodeId> different = new TreeSet<>(before.members());
        different.addAll(after.members());
        TreeSet<NodeId> same = new TreeSet<>(before.members());
        same.retainAll(after.members());
        different.removeAll(same);
        if (different.size() > 1 || !before.known() || after.version() != before.version() + 1) {
            report.accept(name(), before + " becomes " + after);
        }
    }
}
