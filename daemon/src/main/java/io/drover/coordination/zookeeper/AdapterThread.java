package io.drover.coordination.zookeeper;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which the adapter's state changes and its listeners are called. Once it has been closed, tasks are
 * dropped: whatever waits for them has been failed before.
 */
final class AdapterThread implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterThread.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor executor;
    private volatile @Nullable Thread thread;

    AdapterThread(String name) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            thread = made;
            return made;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRejectedExecutionHandler(
                (task, pool) -> LOG.debug("task dropped: the connection to ZooKeeper has been closed"));
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(guarded(task));
    }

    /** Runs a task after a delay, unless the returned future is cancelled. */
    Future<?> schedule(Duration delay, Runnable task) {
        return executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs a task after a delay; the task itself has to see whether it is still wanted. */
    void later(Duration delay, Runnable task) {
        var unused = schedule(delay, task);
    }

    /** Runs what makes a stage on this thread; a stage that fails if the thread has been closed. */
    <T> CompletableFuture<T> submit(Supplier<? extends CompletionStage<T>> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (isClosed()) {
            result.completeExceptionally(AsyncClient.closed());
            return result;
        }
        execute(() -> {
            try {
                follow(task.get(), result);
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Runs a task on this thread and waits for its end; at once if this is the thread, not at all if it has ended. */
    void runAndWait(Runnable task) {
        if (isCurrent()) {
            task.run();
            return;
        }
        if (isClosed()) {
            return;
        }
        FutureTask<?> future = new FutureTask<>(task, null);
        execute(future);
        try {
            future.get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new RejectedExecutionException("adapter thread: a task did not end as it should", e);
        }
    }

    /** Whether the caller runs on this thread. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    private boolean isClosed() {
        return executor.isShutdown();
    }

    @Override
    public void close() {
        executor.shutdown();
    }

    /** Lets one stage end as another does. */
    static <T> void follow(CompletionStage<T> stage, CompletableFuture<T> follower) {
        var unused = stage.whenComplete((value, error) -> {
            if (error != null) {
                follower.completeExceptionally(cause(error));
            } else {
                follower.complete(value);
            }
        });
    }

    /** What a stage failed with, without what the stages in between have put around it. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    /** Calls a listener whose mistake must not spread to whoever calls it. */
    static void call(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.error("a listener of the coordination adapter failed", e);
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> call(task);
    }
}
