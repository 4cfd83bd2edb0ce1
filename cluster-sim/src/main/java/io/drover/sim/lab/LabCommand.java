package io.drover.sim.lab;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code drover-sim lab}. */
@Command(
        name = "lab",
        description = "Real agents as processes, with real ZooKeeper servers and real guests.",
        mixinStandardHelpOptions = true,
        subcommands = LabRunCommand.class,
        synopsisSubcommandLabel = "COMMAND")
public final class LabCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public LabCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }
}
