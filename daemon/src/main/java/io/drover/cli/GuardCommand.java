package io.drover.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover guard}. */
@Command(
        name = "guard",
        description =
                "Holds this host's guests at the end of its lease if the agent does not; started and supervised by"
                        + " the agent.")
final class GuardCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The agent's configuration file.")
    private @Nullable Path config;

    @Override
    public Integer call() {
        return Drover.services().guard(RequiredPath.of(config));
    }
}
