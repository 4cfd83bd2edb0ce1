package io.drover.sim.bench;

import io.drover.proto.v1.GetStatusResponse;
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

    private void ask(String whom, String address, RawFile figures) throws IOException {
        Sample sample = new Sample();
        double first = 0;
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
                figures.write(figures.line("status")
                        .put("asked", whom)
                        .put("query", i)
                        .put("ms", millis));
            }
        }
        out().printf(
                        "%-12s %8d %9.2f %9.2f %9.2f %9.2f%n",
                        whom, sample.size(), first, sample.median(), sample.percentile(0.99), sample.max());
    }
}
