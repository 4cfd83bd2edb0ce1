package io.drover.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover agent}. */
@Command(name = "agent", description = "Runs the agent of this host.")
final class AgentCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The agent's configuration file.")
    private @Nullable Path config;

    @Override
    public Integer call() {
        return Drover.services().agent(RequiredPath.of(config));
    }
}
