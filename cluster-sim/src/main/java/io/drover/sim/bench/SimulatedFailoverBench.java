package io.drover.sim.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.model.ClusterSettings;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.sim.checks.Checks;
import io.drover.sim.shell.Cluster;
import io.drover.sim.shell.ClusterPlan;
import io.drover.sim.shell.Defects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The same crashes as {@code bench failover}, in the simulator's time. */
@Command(
        name = "failover-simulated",
        description =
                "How long VMs stand still when their host loses its power, in the simulator's time: detection, proof"
                        + " and start, with and without fencing devices, of the coordinator's host and of another one.",
        mixinStandardHelpOptions = true)
final class SimulatedFailoverBench extends Bench {
    private static final long SECOND = 1_000_000_000L;

    /** By then all is well, whatever the seed. */
    private static final long SETTLED = 60 * SECOND;

    private static final long LIMIT = SETTLED + 120 * SECOND;
    private static final long MEMORY = 1L << 30;
    private static final int DRIFT_PPM = 100;
    private static final NodeId HOST = new NodeId("node1");

    @Option(names = "--runs", defaultValue = "200", description = "Crashes of each kind. Default: 200.")
    private int runs;

    @Option(names = "--vms", defaultValue = "1", description = "VMs on the host that dies. Default: 1.")
    private int vms;

    /** When what happened after the crash, in nanoseconds of virtual time. */
    private static final class Moments {
        private Optional<Long> suspected = Optional.empty();
        private Optional<Long> fenced = Optional.empty();
        private Optional<Long> first = Optional.empty();
        private long last;
    }

    @Override
    void measure(Path folder, RawFile figures) throws IOException {
        require(runs > 0, "--runs", runs, "> 0");
        require(vms > 0 && vms <= 200, "--vms", vms, "1 to 200");
        out().printf(
                        "%-12s %-7s %6s %10s %10s %10s %12s %12s%n",
                        "VICTIM", "FENCING", "RUNS", "DETECTION", "PROOF", "START", "FIRST P50", "LAST P50");
        for (boolean isFenced : new boolean[] {false, true}) {
            kind(isFenced, false, figures);
            kind(isFenced, true, figures);
        }
    }

    private void kind(boolean hasDevices, boolean ofCoordinator, RawFile figures) throws IOException {
        Sample detection = new Sample();
        Sample proof = new Sample();
        Sample start = new Sample();
        Sample first = new Sample();
        Sample last = new Sample();
        // Who coordinates is the seed's choice.
        for (long seed = 1; first.size() < runs; seed++) {
            Optional<Moments> found = crash(seed, hasDevices, ofCoordinator);
            if (found.isEmpty()) {
                continue;
            }
            Moments moments = found.get();
            double suspected = millis(moments.suspected.orElseThrow());
            double fenced = millis(moments.fenced.orElseThrow());
            double begun = millis(moments.first.orElseThrow());
            detection.add(suspected);
            proof.add(fenced - suspected);
            start.add(begun - fenced);
            first.add(begun);
            last.add(millis(moments.last));
            ObjectNode line = figures.line(ofCoordinator ? "coordinator" : "other")
                    .put("seed", seed)
                    .put("fencing", hasDevices)
                    .put("vms", vms);
            figures.write(line.put("detection_ms", suspected)
                    .put("proof_ms", fenced - suspected)
                    .put("start_ms", begun - fenced)
                    .put("first_ms", begun)
                    .put("last_ms", millis(moments.last)));
        }
        out().printf(
                        Locale.ROOT,
                        "%-12s %-7s %6d %10.2f %10.2f %10.2f %12.2f %12.2f%n",
                        ofCoordinator ? "coordinator" : "other",
                        hasDevices ? "device" : "leases",
                        first.size(),
                        detection.median() / 1e3,
                        proof.median() / 1e3,
                        start.median() / 1e3,
                        first.median() / 1e3,
                        last.median() / 1e3);
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    /** One crash; empty if the seed made another node the coordinator than was asked for. */
    private Optional<Moments> crash(long seed, boolean hasDevices, boolean ofCoordinator) throws IOException {
        Cluster cluster = new Cluster(plan(hasDevices), seed, Defects.NONE, 0);
        Checks checks = Checks.of(cluster);
        // Not all at the same point of a renewal's round.
        long at = SETTLED + seed * 7_919 % 1_000 * (SECOND / 1_000);
        cluster.runUntil(at);
        boolean isCoordinators = cluster.coordinator()
                .filter(agent -> agent.machine().id().equals(HOST))
                .isPresent();
        if (isCoordinators != ofCoordinator) {
            return Optional.empty();
        }
        Moments moments = new Moments();
        cluster.world()
                .ensemble()
                .observe((writer, epoch, changed) -> changed.forEach(change -> {
                    if (change.after() instanceof NodeRecord node && node.id().equals(HOST)) {
                        long since = cluster.world().kernel().now() - at;
                        if (node.fencing() == FencingState.FENCING) {
                            moments.suspected = moments.suspected.or(() -> Optional.of(since));
                        } else if (node.fencing() == FencingState.FENCED) {
                            moments.fenced = moments.fenced.or(() -> Optional.of(since));
                        }
                    }
                }));
        cluster.machine(HOST).powerOff("it loses its power");
        cluster.runUntil(LIMIT, () -> isOver(cluster, moments, at));
        if (!checks.violations().isEmpty() || moments.first.isEmpty() || moments.last == 0) {
            throw new IOException("seed " + seed + ": " + checks.violations() + ", or not all VMs run again");
        }
        return Optional.of(moments);
    }

    private boolean isOver(Cluster cluster, Moments moments, long at) {
        long back = names().filter(vm -> !cluster.ledger().account(vm).hosts().isEmpty())
                .count();
        long since = cluster.world().kernel().now() - at;
        if (back > 0 && moments.first.isEmpty()) {
            moments.first = Optional.of(since);
        }
        if (back == vms) {
            moments.last = since;
        }
        return back == vms;
    }

    private Stream<VmId> names() {
        return IntStream.rangeClosed(1, vms).mapToObj(number -> new VmId("vm" + number));
    }

    private ClusterPlan plan(boolean hasDevices) {
        List<ClusterPlan.Node> nodes = IntStream.rangeClosed(1, 3)
                .mapToObj(number -> new ClusterPlan.Node(
                        new NodeId("node" + number), (vms + 4L) * MEMORY, 8, true, hasDevices, false))
                .toList();
        List<ClusterPlan.Vm> all = names().map(vm -> new ClusterPlan.Vm(VmSpec.of(vm, MEMORY), Optional.of(HOST), true))
                .toList();
        return new ClusterPlan(nodes, all, ClusterSettings.DEFAULTS, 3, DRIFT_PPM, false);
    }
}
