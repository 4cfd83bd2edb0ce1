package io.drover.sim.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.proto.v1.ClusterServiceGrpc;
import io.drover.proto.v1.ListOperationsRequest;
import io.drover.proto.v1.OperationRecord;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Holds an observation against what the cluster reports, and prints both. */
@Command(
        name = "verify",
        description = "Compares what guests lived through with what the cluster reports. Exit code 1 if they differ.",
        mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
    @Option(names = "--observation", required = true, description = "What 'drover-sim observe' wrote.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path observation;

    @Option(names = "--agent", required = true, description = "host:port of any agent.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String agent;

    @Option(names = "--operation", description = "Only these operations; default: all that the cluster remembers.")
    private List<String> operations = List.of();

    @Option(names = "--guests", description = "Fail unless exactly this many guests were seen.")
    private Optional<Integer> guests = Optional.empty();

    @Option(names = "--hz", defaultValue = "100", description = "Ticks a second of the guests.")
    private int hz;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public VerifyCommand() {}

    @Override
    public Integer call() throws IOException {
        Observation seen = new ObjectMapper().readValue(observation.toFile(), Observation.class);
        Verification result =
                Verification.of(seen, reported(), Duration.ofSeconds(1).dividedBy(hz));
        print(result, spec.commandLine().getOut());
        if (guests.isPresent() && guests.get() != result.rows().size()) {
            spec.commandLine()
                    .getErr()
                    .println("seen: " + result.rows().size() + " guests (expected: " + guests.get() + ")");
            return 1;
        }
        return result.holds() ? 0 : 1;
    }

    private List<OperationRecord> reported() {
        ManagedChannel channel = Grpc.newChannelBuilder(agent, InsecureChannelCredentials.create())
                .build();
        try {
            return ClusterServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .listOperations(ListOperationsRequest.getDefaultInstance())
                    .getOperationsList()
                    .stream()
                    .filter(operation -> operations.isEmpty() || operations.contains(operation.getId()))
                    .toList();
        } finally {
            channel.shutdownNow();
        }
    }

    private static void print(Verification result, PrintWriter out) {
        out.printf("%-12s %5s  %12s  %12s  %12s  %s%n", "VM", "MOVES", "REPORTED", "MEASURED", "TOLERANCE", "VERDICT");
        for (Verification.Row row : result.rows()) {
            out.printf(
                    "%-12s %5d  %12s  %12s  %12s  %s%n",
                    row.vm(),
                    row.moves(),
                    Verification.millis(row.reported()),
                    Verification.millis(row.measured()),
                    Verification.millis(row.tolerance()),
                    row.faults().isEmpty() ? "ran on" : String.join("; ", row.faults()));
        }
        Duration worst = result.rows().stream()
                .map(Verification.Row::measured)
                .reduce(Duration.ZERO, (one, other) -> one.compareTo(other) >= 0 ? one : other);
        int moves = result.rows().stream().mapToInt(Verification.Row::moves).sum();
        out.printf(
                "%d guests, %d moves, longest standstill measured from inside %s%n",
                result.rows().size(), moves, Verification.millis(worst));
        out.flush();
    }
}
