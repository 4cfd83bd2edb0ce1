package io.drover.sim.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of the {@code drover} command as a process of its own. */
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

    /** Whether it still runs. */
    boolean isRunning() {
        return process.isAlive();
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
