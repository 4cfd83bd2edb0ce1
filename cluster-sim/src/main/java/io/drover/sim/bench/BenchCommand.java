package io.drover.sim.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code drover-sim bench}. */
@Command(
        name = "bench",
        description = "Measures Drover. Starts what it needs in a temporary folder and ends it afterwards.",
        mixinStandardHelpOptions = true,
        subcommands = {
            FailoverBench.class,
            SimulatedFailoverBench.class,
            MigrationBench.class,
            StatusBench.class,
            AgentBench.class,
            HypervPollBench.class,
            SimBench.class
        },
        synopsisSubcommandLabel = "NAME")
public final class BenchCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public BenchCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "the name of a benchmark is missing");
    }
}
