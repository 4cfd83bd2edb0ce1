package io.drover.api.events;

import io.drover.model.Event;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One reader of the events as they happen. It takes them at its own pace; if more than {@link #WAITING_MAX} wait, the
 * newest are dropped, and the reader is told how many at the place where they are missing. Safe for any thread.
 */
public final class EventFollower implements AutoCloseable {
    /** Events that may wait for the reader. */
    public static final int WAITING_MAX = 1_000;

    private final List<Event> backlog;
    private final Runnable available;
    private final Consumer<EventFollower> whenClosed;
    private final ArrayDeque<Notice> waiting = new ArrayDeque<>();
    private long lost;

    EventFollower(List<Event> backlog, Runnable available, Consumer<EventFollower> whenClosed) {
        this.backlog = List.copyOf(backlog);
        this.available = available;
        this.whenClosed = whenClosed;
    }

    /** What a follower is told. */
    public sealed interface Notice {
        /** An event has happened. */
        record Happened(Event event) implements Notice {}

        /**
         * Events are missing here, because the reader was too slow.
         *
         * @param events how many
         */
        record Lost(long events) implements Notice {}
    }

    /** The events from before this follower began, oldest first; the next one follows without a gap. */
    public List<Event> backlog() {
        return backlog;
    }

    /** Takes the next notice; empty if there is none at present. Never blocks. */
    public synchronized Optional<Notice> poll() {
        Notice next = waiting.poll();
        if (next == null && lost > 0) {
            next = new Notice.Lost(lost);
            lost = 0;
        }
        return Optional.ofNullable(next);
    }

    /** Ends it; what waits may still be taken. */
    @Override
    public void close() {
        whenClosed.accept(this);
    }

    /** Adds an event, or counts it as lost; {@link #wake} is due afterwards. */
    synchronized void offer(Event event) {
        int needed = lost > 0 ? 2 : 1;
        if (waiting.size() + needed > WAITING_MAX) {
            lost++;
            return;
        }
        if (lost > 0) {
            waiting.add(new Notice.Lost(lost));
            lost = 0;
        }
        waiting.add(new Notice.Happened(event));
    }

    void wake() {
        available.run();
    }
}
