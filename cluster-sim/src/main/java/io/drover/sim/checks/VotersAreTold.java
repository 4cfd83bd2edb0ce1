package io.drover.sim.checks;

import io.drover.coordination.RecordKey;
import io.drover.coordination.RecordKind;
import io.drover.engine.lease.VoterMemory;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.VoterSet;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A set of voters counts only once no majority of the set before it can be found without a voter that has the new one on
 * its disk. A voter that has nothing on its disk grants nothing.
 */
final class VotersAreTold implements Invariant {
    private final Cluster cluster;
    private final BiConsumer<String, String> report;

    /** What an added voter has to know: who was gone when the set was stored. */
    private final TreeMap<NodeId, Long> goneBefore = new TreeMap<>();

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
            if (change.after() instanceof VoterSet after && !after.known()) {
                goneBefore.clear();
                cluster.world().ensemble().truth(RecordKind.NODES).stream()
                        .filter(node -> node.fencing() == FencingState.FENCED)
                        .forEach(node -> goneBefore.put(node.id(), node.incarnation()));
            }
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
                .filter(member -> !hasLostItsDisk(member))
                .allMatch(member -> onDisk(member) >= set.version() && knowsWhoIsGone(member));
        if (untold.size() >= set.previous().size() / 2 + 1) {
            report.accept(name(), set + " counts from now on, and on the disks of " + untold + " is an older one");
        } else if (!isAddedTold) {
            report.accept(
                    name(),
                    set + " counts from now on, and who was added does not know it, or not that " + goneBefore
                            + " are promised nothing more");
        }
    }

    private boolean knowsWhoIsGone(NodeId voter) {
        VoterMemory memory = cluster.machine(voter).disk().voter();
        return goneBefore.entrySet().stream()
                .filter(gone -> isStillGone(gone.getKey(), gone.getValue()))
                .allMatch(gone -> memory.isRevoked(gone.getKey(), gone.getValue()));
    }

    /** One that has joined anew since asks no more as what it was. */
    private boolean isStillGone(NodeId node, long incarnation) {
        return cluster.world()
                .ensemble()
                .truth(RecordKey.of(node))
                .filter(record -> record.fencing() == FencingState.FENCED && record.incarnation() == incarnation)
                .isPresent();
    }

    /** It grants nothing, then, and is found out. */
    private boolean hasLostItsDisk(NodeId voter) {
        return cluster.machine(voter).disk().isWiped() && onDisk(voter) == 0;
    }

    private long onDisk(NodeId voter) {
        return cluster.machine(voter).disk().voter().voters().version();
    }
}
