package io.drover.runtime;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which an agent's state lives. Nothing on it may block. A task that throws is logged and does not end
 * the loop. Safe for any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // tasks run by run(), which lets no failure through
public final class EventLoop implements Executor, AutoCloseable {
    /** Tasks that may wait; more means that something floods the agent, and the newest are refused. */
    public static final int QUEUE_LIMIT = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

    private final ScheduledThreadPoolExecutor executor;
    private volatile long lastTurnNanos = System.nanoTime();

    /** Starts the thread. */
    public EventLoop(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.scheduleWithFixedDelay(() -> lastTurnNanos = System.nanoTime(), 0, 250, TimeUnit.MILLISECONDS);
    }

    /**
     * Runs a task on the loop, after those that wait already.
     *
     * @throws RejectedExecutionException if the loop is closed or {@link #QUEUE_LIMIT} tasks wait
     */
    @Override
    public void execute(Runnable task) {
        if (queueLength() > QUEUE_LIMIT) {
            throw new RejectedExecutionException("event loop: " + QUEUE_LIMIT + " tasks wait");
        }
        executor.execute(() -> run(task));
    }

    /** Runs a task again and again, the given time after it ended last. */
    public void every(Duration pause, Runnable task) {
        executor.scheduleWithFixedDelay(() -> run(task), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs a task once, after a time. */
    public void after(Duration delay, Runnable task) {
        executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Calls back on the loop when a stage has ended, with its value or its failure; one of the two is null. */
    public <T> void when(CompletionStage<T> stage, BiConsumer<T, Throwable> callback) {
        stage.whenComplete((value, failure) -> execute(() -> callback.accept(value, failure)));
    }

    /** A future that is completed on the loop by a task. */
    public <T> CompletableFuture<T> ask(java.util.function.Supplier<CompletionStage<T>> task) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        execute(() -> task.get().whenComplete((value, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else {
                answer.complete(value);
            }
        }));
        return answer;
    }

    /** Tasks that wait, timers not counted. */
    public int queueLength() {
        return executor.getQueue().size();
    }

    /** Time since the loop last turned; grows when a task blocks it. */
    public Duration sinceLastTurn() {
        return Duration.ofNanos(System.nanoTime() - lastTurnNanos);
    }

    /** Ends the loop; waiting tasks are dropped. Waits up to two seconds for the running one. */
    @Override
    public void close() {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.warn("the event loop did not end within 2 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a task of the event loop failed; the loop goes on", e);
        }
    }
}
