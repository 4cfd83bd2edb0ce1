package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/**
 * The set of voters changes by one member at a time, only once the present one is known, and not before every promise has
 * ended that was counted by the one before it.
 */
final class OneVoterAtATime implements Invariant {
    private final Cluster cluster;
    private final BiConsumer<String, String> report;
    private long knownSince = Long.MIN_VALUE;

    OneVoterAtATime(Cluster cluster, BiConsumer<String, String> report) {
        this.cluster = cluster;
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
            } else if (change.after() instanceof VoterSet same && same.known()) {
                knownSince = cluster.world().kernel().now();
            }
        }
    }

    private void check(VoterSet before, VoterSet after) {
        TreeSet<NodeId> different = new TreeSet<>(before.members());
        different.addAll(after.members());
        TreeSet<NodeId> same = new TreeSet<>(before.members());
        same.retainAll(after.members());
        different.removeAll(same);
        long rested = cluster.world().kernel().now() - knownSince;
        if (knownSince != Long.MIN_VALUE && rested < cluster.terms().duration().toNanos()) {
            report.accept(
                    name(), before + " becomes " + after + " only " + rested / 1_000_000 + " ms after it was known");
        }
        if (different.size() > 1 || !before.known() || after.version() != before.version() + 1) {
            report.accept(name(), before + " becomes " + after);
        }
    }
}
