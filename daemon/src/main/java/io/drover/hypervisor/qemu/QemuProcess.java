package io.drover.hypervisor.qemu;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A QEMU as a process: in the background, without a terminal, and not a child of the agent. */
final class QemuProcess {
    private static final Duration START_DEADLINE = Duration.ofSeconds(20);
    private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(2).toNanos();
    private static final int ERROR_CHARACTERS_MAX = 1000;

    private QemuProcess() {}

    /**
     * Starts a QEMU, and returns once its socket listens and it has gone to the background.
     *
     * @param what for messages: what is being started
     * @param log what it says until then
     * @throws HypervisorException if it does not start
     */
    static void start(String what, List<String> line, Path log) {
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        // Nothing of the agent's environment is a guest's business; messages are understood in English.
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("LC_ALL", "C");
        try {
            Process process = builder.start();
            if (!process.waitFor(START_DEADLINE.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
                throw new HypervisorException(
                        Kind.TIMEOUT,
                        "cannot " + what + ": QEMU is not ready after " + START_DEADLINE.toSeconds() + " s",
                        "see whether this host's storage or memory is exhausted");
            }
            if (process.exitValue() != 0) {
                String said = Files.readString(log, StandardCharsets.UTF_8).strip();
                throw QemuFailure.of(what, said.substring(0, Math.min(said.length(), ERROR_CHARACTERS_MAX)));
            }
        } catch (IOException e) {
            throw new HypervisorException(
                    Kind.FAILED, "cannot " + what + ": " + e.getMessage(), "install QEMU or correct 'binary'", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(Kind.FAILED, "cannot " + what + ": interrupted", "try again", e);
        }
    }

    /** The living process that has written a pid file; empty if there is none. */
    static Optional<ProcessHandle> of(Path pidFile) {
        try {
            String pid = Files.readString(pidFile, StandardCharsets.US_ASCII).strip();
            return pid.matches("[0-9]{1,9}")
                    ? ProcessHandle.of(Long.parseLong(pid)).filter(process -> isAlive(process, pidFile))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new HypervisorException(
                    Kind.FAILED, "cannot read '" + pidFile + "': " + e.getMessage(), "check its permissions", e);
        }
    }

    /** Waits until a process is gone; false if it is not in time. */
    static boolean awaitEnd(ProcessHandle process, Path pidFile, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (isAlive(process, pidFile)) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS); // There is no event for the end of a process that is not a child.
        }
        return true;
    }

    /** Kills it and waits until it is gone. */
    static void kill(String what, ProcessHandle process, Path pidFile) {
        process.destroyForcibly();
        if (!awaitEnd(process, pidFile, KILL_DEADLINE)) {
            throw new HypervisorException(
                    Kind.TIMEOUT,
                    "cannot " + what + ": process " + process.pid() + " is still there " + KILL_DEADLINE.toSeconds()
                            + " s after it was killed",
                    "see whether it hangs on its storage; its guest may still execute");
        }
    }

    /**
     * A number alone proves nothing, it may have been given to another process; and a process that nobody has reaped
     * still has its number, but no arguments any more.
     */
    private static boolean isAlive(ProcessHandle process, Path pidFile) {
        try {
            byte[] arguments = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            return new String(arguments, StandardCharsets.UTF_8).contains("-pidfile\0" + pidFile + "\0");
        } catch (IOException e) {
            return false; // It ended before or while it was looked at.
        }
    }
}
