package io.drover.sim.bench;

import io.drover.sim.lab.GuestObserver;
import io.drover.sim.lab.Observation;
import io.drover.sim.lab.Waits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Does something while the guests below a folder are watched, and says what they lived through meanwhile. */
final class ObservedMove {
    /** The guest is heard for so long before and after. */
    private static final long MARGIN_NANOS = Duration.ofMillis(200).toNanos();

    private ObservedMove() {}

    /** Something that takes its time. */
    interface Deed<T> {
        T run() throws IOException, InterruptedException;
    }

    /**
     * What came of it.
     *
     * @param result of the deed
     * @param gapMillis between the last tick at the source and the first at the target
     */
    record Seen<T>(T result, double gapMillis) {}

    /**
     * Does it.
     *
     * @throws IllegalStateException if the guest does not show exactly one move, or ticks are missing
     */
    static <T> Seen<T> during(Path folder, String vm, Deed<T> deed) throws IOException, InterruptedException {
        AtomicLong stopAt = new AtomicLong(Long.MAX_VALUE);
        AtomicLong asked = new AtomicLong();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            CompletableFuture<Observation> seen = CompletableFuture.supplyAsync(
                    () -> new GuestObserver(folder).observe(() -> {
                        asked.incrementAndGet();
                        return System.nanoTime() >= stopAt.get();
                    }),
                    thread);
            // Between the first question and the second, everything that was said before has been read.
            long from = Waits.until(
                    "the observer starts", Duration.ofMillis(1), Duration.ofSeconds(20), () -> asked.get() > 1);
            Waits.until(
                    "time before the move",
                    Duration.ofMillis(1),
                    Duration.ofSeconds(20),
                    () -> System.nanoTime() - from > MARGIN_NANOS);
            T result = deed.run();
            stopAt.set(System.nanoTime() + MARGIN_NANOS);
            return new Seen<>(result, gap(seen.get(), vm));
        } catch (ExecutionException e) {
            throw new IOException("the guests could not be watched: " + e.getCause(), e);
        } finally {
            stopAt.set(Long.MIN_VALUE);
            thread.shutdownNow();
        }
    }

    private static double gap(Observation seen, String vm) {
        Observation.Guest guest =
                seen.guest(vm).orElseThrow(() -> new IllegalStateException("guest '" + vm + "' says nothing"));
        if (guest.moves().size() != 1 || guest.repeated() > 0 || guest.lost() > 0 || guest.boots() > 0) {
            throw new IllegalStateException("guest '" + vm + "' did not just move once: " + guest);
        }
        return guest.moves().get(0).gapNanos() / 1e6;
    }
}
