package io.drover.sim.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What the benchmarks have in common. */
abstract class Bench implements Callable<Integer> {
    /** Set by the launching script to the drover command beside it. */
    static final String COMMAND_PROPERTY = "drover.command";

    @Option(
            names = "--raw",
            paramLabel = "FILE",
            description = "Append every single figure to this file as JSON lines.")
    private @Nullable Path raw;

    @Option(
            names = "--drover",
            paramLabel = "PROGRAM",
            description = "The drover command to measure. Default: the one beside this command.")
    private @Nullable Path program;

    @Option(names = "--keep", description = "Keep the temporary folder with its logs.")
    private boolean keep;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Measures, and prints what it found. */
    abstract void measure(Path folder, RawFile figures) throws IOException, InterruptedException;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("drover-bench");
        boolean isKept = keep;
        try (RawFile figures = new RawFile(Optional.ofNullable(raw), spec.name())) {
            measure(folder, figures);
            return 0;
        } catch (IOException | RuntimeException e) {
            isKept = true;
            out().println("the folder is kept for its logs: " + folder);
            throw e;
        } finally {
            if (!isKept) {
                Folders.remove(folder);
            }
            out().flush();
        }
    }

    /** Where the tables go. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The command that is measured. */
    final Path program() {
        if (program != null) {
            return program.toAbsolutePath();
        }
        String beside = System.getProperty(COMMAND_PROPERTY, "");
        if (beside.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--drover is missing, and this command was not started by its script");
        }
        return Path.of(beside);
    }

    /** Refuses an option. */
    final void require(boolean right, String option, Object value, String expected) {
        if (!right) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), option + ": " + value + " (expected: " + expected + ")");
        }
    }
}
