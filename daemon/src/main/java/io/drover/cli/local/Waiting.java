package io.drover.cli.local;

import io.drover.cli.client.ClusterClient;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import io.drover.proto.v1.GetStatusResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks a cluster that is coming up or going down again and again until it is as it should be. */
final class Waiting {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final ClusterClient client;
    private final Duration limit;
    private final Runnable check;

    /**
     * A wait.
     *
     * @param limit how long each wait may last
     * @param check made before each question; throws if there is no hope
     */
    Waiting(ClusterClient client, Duration limit, Runnable check) {
        this.client = client;
        this.limit = limit;
        this.check = check;
    }

    /**
     * Waits until nothing is missing.
     *
     * @param missing what is still missing, in words; empty if nothing is
     * @throws CommandException if something still is when the limit has passed
     */
    void until(Function<GetStatusResponse, Optional<String>> missing) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            check.run();
            Optional<String> left = ask(missing);
            if (left.isEmpty()) {
                return;
            }
            if (System.nanoTime() >= end) {
                throw CommandException.of(
                        ExitCode.FAILED,
                        "the local cluster was not ready within " + limit.toSeconds() + " s",
                        left.get(),
                        "read the agents' logs",
                        "give it more time with --start-timeout");
            }
            pause();
        }
    }

    private Optional<String> ask(Function<GetStatusResponse, Optional<String>> missing) {
        try {
            return missing.apply(client.status());
        } catch (CommandException e) {
            return Optional.of(e.getMessage() + (e.why().isEmpty() ? "" : "\n" + e.why()));
        }
    }

    private static void pause() {
        try {
            // Nothing counts it down: a wait that an interrupt ends at once.
            if (new CountDownLatch(1).await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("a latch that nobody holds was released");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandException.of(ExitCode.FAILED, "the command was interrupted", "");
        }
    }
}
