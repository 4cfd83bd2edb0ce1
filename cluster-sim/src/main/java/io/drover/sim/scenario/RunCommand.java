package io.drover.sim.scenario;

import io.drover.cli.output.Format;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code drover-sim run}. */
@Command(
        name = "run",
        description = "Plays scenarios in virtual time. Exit code 0: every expectation holds; 1: one does not, or a"
                + " promise was broken; 2: a file is wrong.",
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
    private static final int JOURNAL = 200_000;
    private static final int USAGE = 2;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Scenarios, or folders of them (*.yaml).")
    private List<Path> files = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            converter = Format.Converter.class,
            description = "table, json or yaml; JSON is described in docs/simulator.md.")
    private Format output = Format.TABLE;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of all chance; default 1.")
    private long seed = 1;

    @Option(names = "--journal", description = "Print what happened, line by line.")
    private boolean isJournal;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Made by picocli. */
    public RunCommand() {}

    @Override
    public Integer call() throws IOException {
        Optional<Map<Path, Scenario>> scenarios =
                ScenarioFiles.read(files, spec.commandLine().getErr());
        if (scenarios.isEmpty()) {
            return USAGE;
        }
        ResultPrinter printer = new ResultPrinter(out(), output);
        for (Scenario scenario : scenarios.get().values()) {
            printer.add(Play.play(scenario, seed, isJournal ? JOURNAL : 0));
        }
        return printer.end();
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
