package io.drover.sim.hyperv.host;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time as it passes, or faster. Has a thread of its own until it is closed. */
public final class RealTimeline implements Timeline {
    private static final Logger LOG = System.getLogger(RealTimeline.class.getName());

    private final Object lock;
    private final double speed;
    private final Instant begunAt;
    private final long begunNanos = System.nanoTime();
    private final ScheduledThreadPoolExecutor thread;

    /**
     * Begins now.
     *
     * @param lock that of the site
     * @param speed how many seconds pass here in one
     */
    public RealTimeline(Object lock, double speed) {
        this.lock = lock;
        this.speed = speed;
        this.begunAt = Instant.ofEpochMilli(System.currentTimeMillis());
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "hyperv-timeline");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Instant instant() {
        return begunAt.plusNanos((long) ((System.nanoTime() - begunNanos) * speed));
    }

    @Override
    public void after(Duration delay, Runnable what) {
        if (thread.isShutdown()) {
            return;
        }
        var unused = thread.schedule(() -> run(what), real(delay), TimeUnit.NANOSECONDS);
    }

    private void run(Runnable what) {
        try {
            synchronized (lock) {
                what.run();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "an event of an emulated host failed", e);
        }
    }

    private long real(Duration length) {
        return (long) (length.toNanos() / speed);
    }

    @Override
    public void await(Duration length) {
        try {
            TimeUnit.NANOSECONDS.sleep(real(length));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
