package io.drover.sim.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Short commands of the system. */
final class Shell {
    private static final int SECONDS_MAX = 30;

    private Shell() {}

    /**
     * Runs a command and returns what it wrote.
     *
     * @throws IllegalStateException with what it wrote, if it cannot be started or does not end with 0
     */
    static String run(String... command) {
        Outcome outcome = outcome(command)
                .orElseThrow(() -> new IllegalStateException("'" + command[0] + "' cannot be run on this machine"));
        if (outcome.code() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + outcome.code() + ": "
                    + outcome.output().strip());
        }
        return outcome.output();
    }

    /** What a command writes, however it ends; empty if there is no such program. */
    static String output(String... command) {
        return outcome(command).map(Outcome::output).orElse("");
    }

    /** Whether a command can be run and ends with 0. */
    static boolean succeeds(String... command) {
        return outcome(command).filter(outcome -> outcome.code() == 0).isPresent();
    }

    private record Outcome(int code, String output) {}

    /** Empty if there is no such program. */
    private static Optional<Outcome> outcome(String... command) {
        Process process;
        try {
            process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + " does not end");
            }
            return Optional.of(new Outcome(process.exitValue(), output));
        } catch (IOException e) {
            throw new IllegalStateException(String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
