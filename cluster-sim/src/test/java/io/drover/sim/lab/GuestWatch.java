package io.drover.sim.lab;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** A {@link GuestObserver} on a thread of its own. */
final class GuestWatch implements AutoCloseable {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final CompletableFuture<Observation> seen = new CompletableFuture<>();

    GuestWatch(Path root) {
        CountDownLatch begun = new CountDownLatch(1);
        Thread thread = new Thread(
                () -> {
                    try {
                        seen.complete(new GuestObserver(root).observe(() -> {
                            begun.countDown();
                            return stop.get();
                        }));
                    } catch (RuntimeException e) {
                        begun.countDown();
                        seen.completeExceptionally(e);
                    }
                },
                "guest-watch");
        thread.setDaemon(true);
        thread.start();
        try {
            begun.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends the watch. */
    Observation finish() {
        stop.set(true);
        return seen.join();
    }

    @Override
    public void close() {
        stop.set(true);
    }
}
