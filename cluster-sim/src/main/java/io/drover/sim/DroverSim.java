package io.drover.sim;

import io.drover.sim.bench.BenchCommand;
import io.drover.sim.hyperv.HypervHostsCommand;
import io.drover.sim.lab.LabCommand;
import io.drover.sim.lab.ObserveCommand;
import io.drover.sim.lab.VerifyCommand;
import io.drover.sim.scenario.RunCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The drover-sim command. */
@Command(
        name = "drover-sim",
        description = "Simulates, observes, verifies and measures Drover.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RunCommand.class,
            FuzzCommand.class,
            ModelCommand.class,
            LabCommand.class,
            ObserveCommand.class,
            VerifyCommand.class,
            BenchCommand.class,
            HypervHostsCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class DroverSim implements Runnable {
    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public DroverSim() {}

    /** Runs the command and exits: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command as picocli knows it. */
    public static CommandLine commandLine() {
        return new CommandLine(new DroverSim())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println("drover-sim: " + failure.getMessage());
                    return 1;
                });
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }
}
