package io.drover.api.events;

import io.drover.model.Event;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes events to the files in a thread of its own, so that a slow disk holds up nobody. */
final class JournalWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final int BATCH = 100;
    private static final long CLOSE_MILLIS = 2_000;

    private final JournalFiles files;

    private final Thread thread;

    /** Events to be written, oldest first; guarded by this. */
    private final ArrayDeque<Event> waiting = new ArrayDeque<>();

    /** Events that the files will never have and that were not reported yet; guarded by this. */
    private long missing;

    /** Whether no more events are taken; guarded by this. */
    private boolean closing;

    /** Used by the thread only. */
    private boolean failing;

    JournalWriter(JournalFiles files) {
        this.files = files;
        this.thread = new Thread(this::run, "events");
        thread.setDaemon(true);
        thread.start();
    }

    /** Hands an event over. If too many wait already it will be missing from the files, which is reported. */
    synchronized void offer(Event event) {
        // As many as are kept in memory: an event that has left the memory is in the files, or is counted as missing.
        if (closing || waiting.size() >= EventJournal.IN_MEMORY) {
            missing++;
        } else {
            waiting.addLast(event);
            notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("events: not all are written yet, the disk is slow");
        }
    }

    private void run() {
        try {
            for (List<Event> batch = take(); !batch.isEmpty(); batch = take()) {
                write(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for events; none means the end. */
    private synchronized List<Event> take() throws InterruptedException {
        while (waiting.isEmpty() && !closing) {
            wait();
        }
        List<Event> batch = new ArrayList<>();
        while (!waiting.isEmpty() && batch.size() < BATCH) {
            batch.add(waiting.removeFirst());
        }
        return batch;
    }

    private void write(List<Event> batch) {
        try {
            files.append(batch);
            long lost = reportMissing();
            if (failing || lost > 0) {
                LOG.info("events: written again; {} are missing from the files", lost);
            }
            failing = false;
        } catch (IOException e) {
            countMissing(batch.size());
            if (!failing) {
                LOG.warn("events: cannot be written ({}); they go on in memory", e.toString());
            }
            failing = true;
        }
    }

    private synchronized void countMissing(int events) {
        missing += events;
    }

    private synchronized long reportMissing() {
        long lost = missing;
        missing = 0;
        return lost;
    }
}
