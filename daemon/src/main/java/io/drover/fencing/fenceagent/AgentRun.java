package io.drover.fencing.fenceagent;

import io.drover.fencing.Deadline;
import io.drover.fencing.FencingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One run of a program, by no shell and without arguments. The run ends with the program, not with its output: a
 * process that it leaves behind and that still holds its output is not waited for.
 */
final class AgentRun {
    // A pipe holds 4 to 64 KiB: a program that writes more waits for this long at most before it can go on.
    private static final long DRAIN_EVERY_MILLIS = 20;
    private static final int OUTPUT_KEPT = 4096;
    private static final int DRAIN_ATTEMPTS = 5;

    private AgentRun() {}

    /**
     * How a program ended.
     *
     * @param code its exit code
     * @param output the begin of its standard output
     * @param errors the begin of its error output
     */
    record Result(int code, String output, String errors) {}

    /**
     * Starts the program, which waits for its input then.
     *
     * @throws FencingException if it cannot be run
     */
    static Process start(Path program) {
        if (!program.isAbsolute() || !Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw new FencingException("there is no such program (expected: the absolute path of an executable file)");
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(program.toString()));
            // Most agents are Python programs, and its remarks about their age would stand before what they have to
            // say.
            builder.environment().putIfAbsent("PYTHONWARNINGS", "ignore");
            return builder.start();
        } catch (IOException e) {
            throw new FencingException("cannot be run: " + e.getMessage(), e);
        }
    }

    /**
     * Gives a started program its input, and waits for its end.
     *
     * @throws FencingException if it has not ended in time; it is ended in any case, with all that it has started
     */
    static Result of(Process process, String input, Deadline deadline) {
        try {
            feed(process, input);
            return await(process, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FencingException("interrupted", e);
        } finally {
            destroy(process);
        }
    }

    private static void feed(Process process, String input) {
        // The input is smaller than any pipe, so that this waits for nobody.
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended, or does not listen: its exit code and its words tell.
        }
    }

    private static Result await(Process process, Deadline deadline) throws InterruptedException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        do {
            if (deadline.isPassed()) {
                throw new FencingException("has not ended in time" + said(errors));
            }
            // Only bytes that are there are read: a read that blocks could not be interrupted.
            drain(process.getInputStream(), output);
            drain(process.getErrorStream(), errors);
        } while (!process.waitFor(DRAIN_EVERY_MILLIS, TimeUnit.MILLISECONDS));
        drain(process.getInputStream(), output);
        drain(process.getErrorStream(), errors);
        return new Result(process.exitValue(), text(output), text(errors));
    }

    /**
     * Reads what is there. The JDK replaces a pipe by its content at the moment at which the program ends, by a thread
     * of its own, and a read that meets this fails: it is tried again, a few times, and then given up.
     */
    private static void drain(InputStream pipe, ByteArrayOutputStream kept) {
        byte[] bytes = new byte[OUTPUT_KEPT];
        for (int attempt = 0; attempt < DRAIN_ATTEMPTS; attempt++) {
            try {
                while (pipe.available() > 0) {
                    int read = pipe.read(bytes);
                    kept.write(bytes, 0, Math.max(0, Math.min(read, OUTPUT_KEPT - kept.size())));
                }
                return;
            } catch (IOException e) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private static String said(ByteArrayOutputStream errors) {
        String text = text(errors);
        return text.isBlank() ? "" : ": " + text;
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Ends the program and everything that it started, as far as the system still knows that it did. */
    static void destroy(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        // The program first: a script whose child has gone would go on with its next line.
        process.destroyForcibly();
        // What they start between the question and their end is asked for again before they go.
        descendants.stream()
                .flatMap(each -> Stream.concat(each.descendants(), Stream.of(each)))
                .toList()
                .forEach(ProcessHandle::destroyForcibly);
    }
}
