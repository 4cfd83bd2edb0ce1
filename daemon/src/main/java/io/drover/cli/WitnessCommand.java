package io.drover.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover witness}. */
@Command(
        name = "witness",
        description = "Runs a witness: the third voter of two nodes, on a machine of its own that runs no VMs.")
final class WitnessCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The witness's configuration file, with 'role: witness'.")
    private @Nullable Path config;

    @Override
    public Integer call() {
        return Drover.services().witness(RequiredPath.of(config));
    }
}
