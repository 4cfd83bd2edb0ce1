package io.drover.sim.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How fast the cluster says how it is. */
@Command(
        name = "status",
        description = "Time of GetStatus over one open connection: from the coordinator, and from another node, which"
                + " asks the coordinator. Every query counts, the first one too.",
        mixinStandardHelpOptions = true)
final class StatusBench extends Bench {
    /** Queries in one line of the raw figures; writing them takes no time from the queries between. */
    private static final int QUERIES_A_LINE = 100;

    @Option(names = "--queries", defaultValue = "2000", description = "Queries to each. Default: 2000.")
    private int queries;

    @Option(names = "--vms", defaultValue = "6", description = "Guests. Default: 6.")
    private int vms;

    @Override
    void measure(Path folder, RawFile figures) throws IOException, InterruptedException {
        require(queries > 0, "--queries", queries, "> 0");
        require(vms >= 0, "--vms", vms, ">= 0");
        try (BenchCluster cluster = BenchCluster.up(program(), folder, 3, "sim", vms)) {
            String coordinator;
            try (Client any = new Client(cluster.agents().get(0))) {
                coordinator = any.status().getCoordinator();
            }
            String follower = coordinator.equals("node1") ? "node2" : "node1";
            out().printf("%-12s %8s %9s %9s %9s %9s%n", "ASKED", "QUERIES", "FIRST ms", "P50 ms", "P99 ms", "MAX ms");
            ask("coordinator", cluster.agent(coordinator), figures);
            ask("follower", cluster.agent(follower), figures);
        }
    }

    /** For the queries from this one on, in milliseconds. */
    private static ObjectNode line(String whom, int query, RawFile figures) {
        return figures.line("status").put("asked", whom).put("query", query);
    }

    private void ask(String whom, String address, RawFile figures) throws IOException {
        Sample sample = new Sample();
        double first = 0;
        ObjectNode line = line(whom, 0, figures);
        try (Client client = new Client(address)) {
            for (int i = 0; i < queries; i++) {
                long begun = System.nanoTime();
                GetStatusResponse answer = client.status();
                double millis = Waits.millisSince(begun);
                if (answer.getCoordinator().isEmpty()) {
                    throw new IllegalStateException("query " + i + ": answered without a coordinator");
                }
                first = i == 0 ? millis : first;
                sample.add(millis);
                line.withArray("ms").add(Math.round(millis * 1e3) / 1e3);
                if ((i + 1) % QUERIES_A_LINE == 0 || i + 1 == queries) {
                    figures.write(line);
                    line = line(whom, i + 1, figures);
                }
            }
        }
        out().printf(
                        "%-12s %8d %9.2f %9.2f %9.2f %9.2f%n",
                        whom, sample.size(), first, sample.median(), sample.percentile(0.99), sample.max());
    }
}
