package io.drover.api.events;

import io.drover.model.Event;
import io.drover.model.NodeId;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.model.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's events. The newest are kept in memory; all are written, by a thread of their own, as lines of JSON to two
 * files of bounded size in the data directory. A disk that fails or hangs is reported and holds up nobody: the events go
 * on in memory. Numbers go on where the files end, over restarts.
 *
 * <p>All methods may be called by any thread.
 */
public final class EventJournal implements AutoCloseable {
    /** Bytes at which a file is full; there are two. */
    public static final long FILE_BYTES_MAX = 4 << 20;

    /** Events that are kept in memory. */
    public static final int IN_MEMORY = 1_000;

    /** Most that may follow at a time. */
    public static final int FOLLOWERS_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(EventJournal.class);

    private final NodeId origin;
    private final InstantSource clock;
    private final JournalFiles files;
    private final JournalWriter writer;
    private final List<EventFollower> followers = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();

    /** The newest events, oldest first; guarded by the lock. */
    private final ArrayDeque<Event> newest = new ArrayDeque<>();

    /** Number of the last event; guarded by the lock. */
    private long sequence;

    private EventJournal(NodeId origin, InstantSource clock, JournalFiles files, long sequence) {
        this.origin = origin;
        this.clock = clock;
        this.files = files;
        this.sequence = sequence;
        this.writer = new JournalWriter(files);
    }

    /**
     * Opens the journal and continues it. Files that cannot be read are reported in the log; the journal then begins at
     * 1 and lives in memory until they can be written.
     *
     * @param folder where the files are; made if it does not exist
     * @param origin this node
     * @param clock the node's clock
     */
    public static EventJournal open(Path folder, NodeId origin, InstantSource clock) {
        return open(folder, origin, clock, FILE_BYTES_MAX);
    }

    static EventJournal open(Path folder, NodeId origin, InstantSource clock, long fileBytesMax) {
        JournalFiles files = new JournalFiles(folder, fileBytesMax);
        long last = 0;
        try {
            last = files.open();
        } catch (IOException e) {
            LOG.warn("events: cannot be read from {} ({}); they begin anew at 1", folder, e.toString());
        }
        return new EventJournal(origin, clock, files, last);
    }

    /** Records that something happened, and tells the followers. Never blocks on the disk. */
    public Event append(Reason reason) {
        Event event;
        synchronized (lock) {
            sequence++;
            event = new Event(clock.instant(), origin, sequence, reason);
            newest.addLast(event);
            if (newest.size() > IN_MEMORY) {
                newest.removeFirst();
            }
            // Under the lock, so that files and followers get the events in their order.
            writer.offer(event);
            followers.forEach(follower -> follower.offer(event));
        }
        followers.forEach(EventFollower::wake);
        return event;
    }

    /**
     * The newest events, oldest first. Reads the files if they are more than are kept in memory.
     *
     * @param limit at most so many; at least 0
     */
    public List<Event> latest(int limit) {
        List<Event> fromMemory;
        synchronized (lock) {
            fromMemory = List.copyOf(newest);
        }
        return withOlder(fromMemory, limit);
    }

    /**
     * Follows the events from now on.
     *
     * @param backlog so many of the newest before; at least 0
     * @param available called after each event, by the thread that records it: must return at once, and may call {@link
     *     EventFollower#poll}
     * @throws ProblemException if {@link #FOLLOWERS_MAX} follow already
     */
    public EventFollower follow(int backlog, Runnable available) {
        List<Event> older;
        synchronized (lock) {
            older = List.copyOf(newest);
        }
        // The files are read before anything is promised: the gap to the present is filled from memory below.
        List<Event> before = withOlder(older, backlog);
        synchronized (lock) {
            if (followers.size() >= FOLLOWERS_MAX) {
                throw new ProblemException(Problem.of(
                        ProblemKind.REFUSED,
                        "the events of node '" + origin + "' cannot be followed",
                        FOLLOWERS_MAX + " follow them already",
                        "ask another node, or end one of the others"));
            }
            EventFollower follower = new EventFollower(withNewer(before, backlog), available, followers::remove);
            followers.add(follower);
            return follower;
        }
    }

    /** Writes what waits to be written, for at most two seconds, and ends. Events of later are kept in memory only. */
    @Override
    public void close() {
        writer.close();
    }

    private List<Event> withOlder(List<Event> fromMemory, int limit) {
        if (limit <= fromMemory.size()) {
            return fromMemory.subList(fromMemory.size() - Math.max(0, limit), fromMemory.size());
        }
        long before = fromMemory.isEmpty() ? Long.MAX_VALUE : fromMemory.get(0).sequence();
        try {
            List<Event> events = new ArrayList<>(files.read(before, limit - fromMemory.size()));
            events.addAll(fromMemory);
            return events;
        } catch (IOException e) {
            LOG.warn("events: the files cannot be read: {}", e.toString());
            return fromMemory;
        }
    }

    /** Adds what has happened since the events were read; the caller holds the lock. */
    private List<Event> withNewer(List<Event> events, int limit) {
        long last = events.isEmpty()
                ? Long.MIN_VALUE
                : events.get(events.size() - 1).sequence();
        List<Event> all = new ArrayList<>(events);
        newest.stream().filter(event -> event.sequence() > last).forEach(all::add);
        return all.subList(Math.max(0, all.size() - Math.max(0, limit)), all.size());
    }
}
