package io.drover.sim.checks;

import io.drover.coordination.Epoch;
import io.drover.coordination.RecordKey;
import io.drover.model.NodeId;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Nothing is stored that a coordinator of an earlier epoch has decided. */
final class OneEpoch implements Invariant {
    private final Cluster cluster;
    private final BiConsumer<String, String> report;

    OneEpoch(Cluster cluster, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.report = report;
    }

    @Override
    public String name() {
        return "one epoch";
    }

    @Override
    public void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {
        if (epoch.isEmpty()) {
            return;
        }
        long present = cluster.world()
                .ensemble()
                .truth(RecordKey.EPOCH)
                .map(Epoch::number)
                .orElse(0L);
        if (present != epoch.get()) {
            report.accept(name(), writer + " writes in epoch " + epoch.get() + ", the present one is " + present);
        }
    }
}
