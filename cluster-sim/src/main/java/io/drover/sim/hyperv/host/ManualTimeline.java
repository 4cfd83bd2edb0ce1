package io.drover.sim.hyperv.host;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;

/** Time that passes when a test says so. Safe for many threads. */
public final class ManualTimeline implements Timeline {
    private final Object lock;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private Instant now;
    private long count;

    private record Event(Instant at, long number, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int order = at.compareTo(other.at);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    /**
     * Stands still.
     *
     * @param lock that of the site
     */
    public ManualTimeline(Object lock, Instant begin) {
        this.lock = lock;
        this.now = begin;
    }

    @Override
    public Instant instant() {
        synchronized (lock) {
            return now;
        }
    }

    @Override
    public void after(Duration delay, Runnable what) {
        synchronized (lock) {
            events.add(new Event(now.plus(delay), count++, what));
        }
    }

    /** Lets time pass, and everything happen that happens in it. */
    public void advance(Duration length) {
        synchronized (lock) {
            Instant end = now.plus(length);
            while (!events.isEmpty() && !events.peek().at().isAfter(end)) {
                Event next = events.remove();
                now = next.at();
                next.what().run();
            }
            now = end;
        }
    }

    @Override
    public void await(Duration length) {
        CountDownLatch passed = new CountDownLatch(1);
        after(length, passed::countDown);
        try {
            passed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            events.clear();
        }
    }
}
