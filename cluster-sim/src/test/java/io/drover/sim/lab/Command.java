package io.drover.sim.lab;

import io.drover.cli.Drover;
import io.drover.cli.shell.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs of the {@code drover} command: as a process of its own, or, in a tenth of the time, in this one. */
final class Command implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final String line;
    private final Process process;
    private final Path out;
    private final Path err;

    /**
     * What came of it.
     *
     * @param line the arguments
     * @param code exit code
     * @param out what it wrote to standard output
     * @param err what it wrote to standard error
     */
    record Result(String line, int code, String out, String err) {
        /** Everything, for the text of a failed assertion. */
        String all() {
            return "drover " + line + "\nexit code " + code + "\n" + out + err;
        }
    }

    private Command(String line, Process process, Path out, Path err) {
        this.line = line;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts one in the background; its output goes to files in the folder. */
    static Command start(Path folder, Map<String, String> environment, List<String> arguments) {
        try {
            Path out = Files.createTempFile(folder, "command", ".out");
            Path err = Files.createTempFile(folder, "command", ".err");
            ProcessBuilder builder = JavaProcess.drover(arguments, environment)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            return new Command(String.join(" ", arguments), JavaProcess.start(builder), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Runs one to its end in this process, with nobody at the terminal. Not for services: they end their process.
     *
     * @param home takes the place of the account's folder
     */
    static Result run(Path home, Map<String, String> environment, List<String> arguments) {
        String line = String.join(" ", arguments);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                environment,
                home,
                "lab",
                new PrintStream(out, true, Charset.defaultCharset()),
                new PrintStream(err, true, Charset.defaultCharset()),
                Optional::empty,
                false,
                false,
                InstantSource.system(),
                ZoneId.systemDefault());
        // A thread of its own, so that one that hangs fails its test, and no other.
        FutureTask<Integer> code = new FutureTask<>(() -> Drover.run(surroundings, arguments.toArray(String[]::new)));
        Thread thread = new Thread(code, "drover " + line);
        thread.setDaemon(true);
        thread.start();
        try {
            return new Result(line, code.get(LIMIT.toSeconds(), TimeUnit.SECONDS), text(out), text(err));
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new AssertionError(
                    "drover " + line + " did not end within " + LIMIT + "\n" + text(out) + text(err), e);
        } catch (ExecutionException e) {
            throw new AssertionError("drover " + line + " broke\n" + text(out) + text(err), e);
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(Charset.defaultCharset());
    }

    /** Waits for its end. */
    Result result() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError("drover " + line + " did not end within " + LIMIT + "\n"
                        + Files.readString(out) + Files.readString(err));
            }
            return new Result(line, process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
