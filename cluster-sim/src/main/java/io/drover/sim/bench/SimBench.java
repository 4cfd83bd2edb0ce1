package io.drover.sim.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.sim.fuzz.Fuzz;
import io.drover.sim.fuzz.Profile;
import io.drover.sim.shell.Defects;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.LongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How much of a cluster's life the simulator plays in a minute, with all invariants checked after every step. */
@Command(
        name = "sim",
        description =
                "Simulated cluster-hours for each minute of one processor core: with faults all the time (dense), and"
                        + " with one every few hours, as in a machine room (sparse). The time counted is that of the processor.",
        mixinStandardHelpOptions = true)
final class SimBench extends Bench {
    private static final double NANOS_PER_HOUR = 3.6e12;
    private static final double NANOS_PER_MINUTE = 6e10;

    @Option(names = "--nodes", defaultValue = "5", description = "Nodes. Default: 5.")
    private int nodes;

    @Option(names = "--vms", defaultValue = "40", description = "VMs in the sparse histories. Default: 40.")
    private int vms;

    @Option(names = "--dense", defaultValue = "300", description = "Dense histories. Default: 300.")
    private int dense;

    @Option(names = "--sparse", defaultValue = "10", description = "Sparse histories. Default: 10.")
    private int sparse;

    @Option(names = "--hours", defaultValue = "240", description = "Length of a sparse history. Default: 240.")
    private int hours;

    @Option(
            names = "--gap",
            defaultValue = "3",
            description = "Hours between two faults of a sparse history, on the average. Default: 3.")
    private int gap;

    @Override
    void measure(Path folder, RawFile figures) throws IOException {
        require(nodes >= 3 && nodes <= 50, "--nodes", nodes, "3 to 50");
        require(vms > 0, "--vms", vms, "> 0");
        require(dense > 0, "--dense", dense, "> 0");
        require(sparse > 0, "--sparse", sparse, "> 0");
        require(hours > 0, "--hours", hours, "> 0");
        require(gap > 0, "--gap", gap, "> 0");
        out().printf(
                        "%-8s %9s %9s %9s %9s %13s %7s%n",
                        "FAULTS", "HISTORIES", "HOURS", "CPU s", "WALL s", "HOURS/CPU-min", "BROKEN");
        Fuzz often = new Fuzz(OptionalInt.of(nodes), Profile.SWARM, Defects.NONE);
        play("dense", dense, seed -> often.run(seed, 0), figures);
        play(
                "sparse",
                sparse,
                seed -> Fuzz.sparse(seed, nodes, vms, Duration.ofHours(hours), Duration.ofHours(gap)),
                figures);
    }

    private void play(String kind, int histories, LongFunction<Fuzz.Outcome> run, RawFile figures) throws IOException {
        // Not counted: the first of them run before the code is compiled.
        for (long seed = histories + 1L; seed <= histories + Math.max(1, histories / 10); seed++) {
            Fuzz.Outcome unused = run.apply(seed);
        }
        double allHours = 0;
        long allCpu = 0;
        long begun = System.nanoTime();
        int broken = 0;
        for (long seed = 1; seed <= histories; seed++) {
            long before = cpu();
            Fuzz.Outcome outcome = run.apply(seed);
            long cpu = cpu() - before;
            double played = outcome.virtualNanos() / NANOS_PER_HOUR;
            allHours += played;
            allCpu += cpu;
            broken += outcome.failure().isPresent() ? 1 : 0;
            ObjectNode line = figures.line(kind).put("seed", seed).put("nodes", nodes);
            line.put("hours", played)
                    .put("cpu_ms", cpu / 1e6)
                    .put("failure", outcome.failure().orElse(""));
            figures.write(line);
        }
        double wall = (System.nanoTime() - begun) / 1e9;
        out().printf(
                        Locale.ROOT,
                        "%-8s %9d %9.1f %9.1f %9.1f %13.0f %7d%n",
                        kind,
                        histories,
                        allHours,
                        allCpu / 1e9,
                        wall,
                        allHours / (allCpu / NANOS_PER_MINUTE),
                        broken);
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
