package io.drover.fencing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A device in its level. It gets one request at a time, since controllers are slow and have few sessions, and each
 * within its time, waiting in the line included. Its thread lives only while there is something to do; one that hangs
 * holds up no other device.
 */
final class PlacedDevice implements AutoCloseable {
    private static final int WAITING_MAX = 16;
    private static final long IDLE_SECONDS = 5;

    /** A device that keeps its deadline answers before this has passed; one that does not is given up. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final FencingDevice device;
    private final int level;
    private final Duration timeout;
    private final ThreadPoolExecutor line;

    PlacedDevice(FencingDevice device, int level, Duration timeout) {
        this.device = device;
        this.level = level;
        this.timeout = timeout;
        line = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), work -> {
                    Thread thread = new Thread(work, "fencing " + device.name());
                    thread.setDaemon(true);
                    return thread;
                });
        line.allowCoreThreadTimeOut(true);
    }

    int level() {
        return level;
    }

    String name() {
        return device.name();
    }

    /** After so long a request is over in any case. */
    Duration longest() {
        return timeout.plus(GRACE);
    }

    /** Asks for its power; the future never fails. */
    CompletableFuture<PowerReading> read() {
        return inTurn(device::read)
                .thenApply(reading -> new PowerReading(reading.power(), name() + ": " + reading.words()))
                .exceptionally(failure -> PowerReading.unknown(words(failure)));
    }

    /** Gives it an order; the future never fails, and has the words if the device is not known to have taken it. */
    CompletableFuture<Optional<String>> order(Order order) {
        return inTurn(deadline -> {
                    switch (order) {
                        case OFF -> device.requestOff(deadline);
                        case ON -> device.requestOn(deadline);
                    }
                    return Optional.<String>empty();
                })
                .exceptionally(failure -> Optional.of(words(failure)));
    }

    /** What a device can be told. */
    enum Order {
        /** Hard off. */
        OFF,
        /** On. */
        ON
    }

    private <T> CompletableFuture<T> inTurn(Function<Deadline, T> request) {
        Deadline deadline = Deadline.after(timeout);
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                if (deadline.isPassed()) {
                                    throw new FencingException("it is still busy with what it was asked before");
                                }
                                return request.apply(deadline);
                            },
                            line)
                    .orTimeout(longest().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            String why = line.isShutdown()
                    ? "it is no longer used"
                    : "too many requests wait for it (expected: at most " + WAITING_MAX + ")";
            return CompletableFuture.failedFuture(new FencingException(why, e));
        }
    }

    private String words(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return name() + ": no answer within " + timeout.toMillis() + " ms";
        }
        return cause instanceof FencingException ? name() + ": " + cause.getMessage() : name() + ": " + cause;
    }

    @Override
    public void close() {
        line.shutdownNow();
        device.close();
    }
}
