package io.drover.sim.checks;

import io.drover.coordination.RecordKey;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.sim.shell.Cluster;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Each generation of a VM is executed by one host only, ever, and none after a later one: its memory would be too old. */
final class OneGenerationOneHost implements Invariant {
    private final Cluster cluster;
    private final BiConsumer<String, String> report;
    private final Map<VmId, Last> last = new HashMap<>();

    private record Last(long generation, NodeId host) {}

    OneGenerationOneHost(Cluster cluster, BiConsumer<String, String> report) {
        this.cluster = cluster;
        this.report = report;
    }

    @Override
    public String name() {
        return "one generation, one host";
    }

    @Override
    public void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {
        Optional<VmRecord> record = cluster.world().ensemble().truth(RecordKey.of(vm));
        if (!isExecuting || isLate || record.isEmpty()) {
            return;
        }
        // The target of a migration executes the next generation already: its commit makes it so.
        boolean arrives = record.get().phase() instanceof Phase.Migrating migrating
                && migrating.target().equals(host);
        long generation = record.get().generation() + (arrives ? 1 : 0);
        Last before = last.get(vm);
        if (before != null && before.generation == generation && !before.host.equals(host)) {
            report.accept(
                    name(),
                    vm + " of generation " + generation + " begins on " + host + " (" + why + ") after " + before.host
                            + "; its record says " + record.get().phase());
        }
        if (before != null && generation < before.generation) {
            report.accept(
                    name(),
                    vm + " of generation " + generation + " begins on " + host + " (" + why + ") after generation "
                            + before.generation + " on " + before.host + "; its record says "
                            + record.get().phase());
        }
        last.put(vm, new Last(generation, host));
    }
}
