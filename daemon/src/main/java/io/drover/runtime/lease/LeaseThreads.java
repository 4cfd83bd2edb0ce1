package io.drover.runtime.lease;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two threads of a lease: one that counts and never waits, and one that may wait for the disk. Neither lets a failure
 * end it. Safe for any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // tasks that let no failure through
final class LeaseThreads {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseThreads.class);
    private static final Duration DISK_LIMIT = Duration.ofSeconds(2);

    private final ScheduledExecutorService counting = single("drover-lease");
    private final ScheduledExecutorService disk = single("drover-lease-disk");

    /** What may fail because of the disk. */
    interface DiskDeed {
        void run() throws IOException;
    }

    @SuppressWarnings(
            "ThreadPriorityCheck") // nothing relies on it: where the system heeds it, a loaded host is less late
    private static ScheduledExecutorService single(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setPriority(Thread.MAX_PRIORITY);
            return thread;
        });
    }

    /** Counts something, after what waits already. */
    void run(Runnable task) {
        try {
            counting.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("the lease is kept no more");
        }
    }

    /** Counts something after a time. From the counting thread only. */
    void after(long nanos, Runnable task) {
        counting.schedule(() -> guarded(task), nanos, TimeUnit.NANOSECONDS);
    }

    /** Does something with the disk. */
    void onDisk(String what, DiskDeed deed) {
        disk.execute(() -> attempt(what, deed));
    }

    /** Does it again and again. */
    void onDiskEvery(Duration pause, String what, DiskDeed deed) {
        disk.scheduleWithFixedDelay(
                () -> attempt(what, deed), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void attempt(String what, DiskDeed deed) {
        try {
            deed.run();
        } catch (IOException | RuntimeException e) {
            LOG.error("lease: cannot {}: {}", what, e.toString());
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RejectedExecutionException e) {
            LOG.debug("the lease is kept no more");
        } catch (RuntimeException e) {
            LOG.error("a task of the lease failed; it is kept on", e);
        }
    }

    /** Ends the counting at once, and the other thread once the disk has what was given to it. */
    void close() throws InterruptedException {
        counting.shutdownNow();
        disk.shutdown();
        if (!disk.awaitTermination(DISK_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("the disk does not keep the voters' addresses");
        }
    }
}
