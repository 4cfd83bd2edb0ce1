package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A set of voters counts only once no majority of the set before it can be found without a voter that has the new one on
 * its disk. A voter that has nothing on its disk grants nothing.
 */
final class VotersAreTold implements Invariant {
    private final Cluster cluster;
    private final BiConsumer<String, String> report;

    VotersAreTold(Cluster cluster, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.report = report;
    }

    @Override
    public String name() {
        return "voters are told";
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        for (Ensemble.Changed change : changed) {
            if (change.before() instanceof VoterSet before
                    && change.after() instanceof VoterSet after
                    && after.known()
                    && !before.known()) {
                check(after);
            }
        }
    }

    private void check(VoterSet set) {
        List<NodeId> untold = set.previous().stream()
                .filter(voter -> onDisk(voter) > 0 && onDisk(voter) < set.version())
                .toList();
        boolean isAddedTold = set.members().stream()
                .filter(member -> !set.previous().contains(member))
                .allMatch(member -> onDisk(member) >= set.version());
        if (untold.size() >= set.previous().size() / 2 + 1 || !isAddedTold) {
            report.accept(name(), set + " counts from now on, and on the disks of " + untold + " is an older one");
        }
    }

    private long onDisk(NodeId voter) {
        return cluster.machine(voter).disk().voter().voters().version();
    }
}
