package io.drover.sim.checks;

import io.drover.coordination.RecordKey;
import io.drover.model.FencingState;
import io.drover.model.LeaseState;
import io.drover.model.NodeRecord;
import io.drover.sim.shell.Agent;
import io.drover.sim.shell.Cluster;
import java.util.Optional;
import java.util.function.BiConsumer;

/** An incarnation that is written down as fenced never holds a lease again, whatever its voters have been through. */
final class FencedHoldsNoLease implements Invariant {
    private static final long LOOK_EVERY = 50_000_000L;

    private final Cluster cluster;
    private final BiConsumer<String, String> report;
    private long lookedAt;

    FencedHoldsNoLease(Cluster cluster, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.report = report;
    }

    @Override
    public String name() {
        return "fenced holds no lease";
    }

    @Override
    public void afterStep() {
        long now = cluster.world().kernel().now();
        if (now - lookedAt < LOOK_EVERY) {
            return;
        }
        lookedAt = now;
        for (Agent agent : cluster.agents()) {
            if (agent.leaseState() != LeaseState.HELD) {
                continue;
            }
            Optional<NodeRecord> record = cluster.world()
                    .ensemble()
                    .truth(RecordKey.of(agent.machine().id()));
            if (record.filter(
                            node -> node.fencing() == FencingState.FENCED && node.incarnation() == agent.incarnation())
                    .isPresent()) {
                report.accept(
                        name(),
                        cluster.describe(agent.machine().id()) + " ("
                                + record.get().fencingProof() + ")");
            }
        }
    }
}
