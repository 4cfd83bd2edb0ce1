package io.drover.sim;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code drover-sim model}. */
@Command(
        name = "model",
        description = "Searches the model of leases, take-overs, migrations and changes of voters.",
        mixinStandardHelpOptions = true,
        subcommands = {ModelListCommand.class, ModelCheckCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class ModelCommand implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public ModelCommand() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing (expected: list or check)");
    }
}
