package io.drover.health;

import io.drover.model.HealthLevel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program of the user. Exit code 0 is healthy, 1 warning, 2 critical, 3 fatal; anything else, or a program that cannot
 * be run, is critical. The check ends with the program, not with its output: a process that it leaves behind and that
 * still holds its output is not waited for.
 */
final class CommandCheck implements Check {
    // A pipe holds 4 to 64 KiB: a program that writes more waits for this long at most before it can go on.
    private static final long DRAIN_EVERY_MILLIS = 50;
    private static final int OUTPUT_KEPT = 4096;
    private static final int DRAIN_ATTEMPTS = 5;
    private static final Logger LOG = LoggerFactory.getLogger(CommandCheck.class);

    private final List<String> command;

    CommandCheck(List<String> command) {
        this.command = List.copyOf(command);
    }

    @Override
    public Observation run() throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return new Observation(HealthLevel.CRITICAL, "cannot be run: " + Evidence.of(e));
        }
        try {
            process.getOutputStream().close();
            return judge(process);
        } catch (IOException e) {
            return new Observation(HealthLevel.CRITICAL, "its output cannot be read: " + Evidence.of(e));
        } finally {
            destroy(process);
        }
    }

    private static Observation judge(Process process) throws IOException, InterruptedException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        InputStream pipe = process.getInputStream();
        // Only bytes that are there are read: a read that blocks could not be interrupted.
        do {
            drain(pipe, output);
        } while (!process.waitFor(DRAIN_EVERY_MILLIS, TimeUnit.MILLISECONDS));
        drainTheRest(pipe, output);
        int code = process.exitValue();
        String line = firstLine(output);
        return switch (code) {
            case 0 -> new Observation(HealthLevel.HEALTHY, line.isEmpty() ? "exit code 0" : line);
            case 1 -> new Observation(HealthLevel.WARNING, line.isEmpty() ? "exit code 1" : line);
            case 2 -> new Observation(HealthLevel.CRITICAL, line.isEmpty() ? "exit code 2" : line);
            case 3 -> new Observation(HealthLevel.FATAL, line.isEmpty() ? "exit code 3" : line);
            default ->
                new Observation(
                        HealthLevel.CRITICAL,
                        Evidence.of("exit code " + code + " (expected: 0 to 3)" + (line.isEmpty() ? "" : ": " + line)));
        };
    }

    private static void drain(InputStream pipe, ByteArrayOutputStream output) throws IOException {
        byte[] bytes = new byte[OUTPUT_KEPT];
        while (pipe.available() > 0) {
            int read = pipe.read(bytes);
            output.write(bytes, 0, Math.max(0, Math.min(read, OUTPUT_KEPT - output.size())));
        }
    }

    /**
     * Reads what was in the pipe when the program ended. The JDK replaces the pipe by its content at that very moment,
     * by a thread of its own, and a read that meets this fails: it is tried again, a few times. What cannot be read even
     * so is given up: it is evidence only, the exit code decides.
     */
    private static void drainTheRest(InputStream pipe, ByteArrayOutputStream output) {
        for (int attempt = 0; attempt < DRAIN_ATTEMPTS; attempt++) {
            try {
                drain(pipe, output);
                return;
            } catch (IOException e) {
                LOG.debug("output of a probe's command, attempt {}: {}", attempt, e.toString());
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private static String firstLine(ByteArrayOutputStream output) {
        return output.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .map(Evidence::of)
                .orElse("");
    }

    /** Ends the program and everything that it started, as far as the system still knows that it did. */
    private static void destroy(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        // The program first: a script whose child has gone would go on with its next line.
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }
}
