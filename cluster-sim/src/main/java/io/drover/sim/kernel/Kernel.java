package io.drover.sim.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Virtual time and what is to happen in it. Not safe for several threads.
 *
 * <p>There are four kinds of happenings: <em>pending</em> ones, such as a message on its way; <em>planned</em> ones, which
 * are known long before, such as a fault of a scenario; <em>periodic</em> ones, such as a heartbeat; and <em>soft</em> ones,
 * such as a look at something that has not changed. While nothing is pending, {@link #leap} can pass over a stretch of time:
 * planned happenings bound it, periodic ones keep their phase, soft ones come late.
 */
public final class Kernel {
    private static final int FIRST_CAPACITY = 256;

    private long now;
    private long sequence;
    private long executed;
    private int pending;

    // A binary heap in parallel arrays: no object is made for an entry.
    private long[] times = new long[FIRST_CAPACITY];
    private long[] orders = new long[FIRST_CAPACITY];
    private Runnable[] actions = new Runnable[FIRST_CAPACITY];
    private byte[] kinds = new byte[FIRST_CAPACITY];
    private int size;

    private static final byte PENDING = 0;
    private static final byte PLANNED = 1;
    private static final byte PERIODIC = 2;
    private static final byte SOFT = 3;

    private Runnable afterEach = () -> {};

    /** At time zero, with nothing to happen. */
    public Kernel() {}

    /** Nanoseconds since the beginning. */
    public long now() {
        return now;
    }

    /** Happenings so far. */
    public long executed() {
        return executed;
    }

    /** Calls back after each happening, before the next. */
    public void afterEach(Runnable check) {
        this.afterEach = check;
    }

    /** Something that happens once, soon. */
    public void after(long nanos, Runnable action) {
        add(now + Math.max(0, nanos), action, PENDING);
    }

    /** Something that happens once and is known now. */
    public void plan(long at, Runnable action) {
        add(Math.max(now, at), action, PLANNED);
    }

    /** Something that happens once and may come late if nothing happens before. */
    public void soft(long nanos, Runnable action) {
        add(now + Math.max(0, nanos), action, SOFT);
    }

    /**
     * Something that happens again and again.
     *
     * @param first nanoseconds from now to the first time
     * @param period nanoseconds between two times; positive
     */
    public Periodic every(long first, long period, Runnable action) {
        if (period <= 0) {
            throw new IllegalArgumentException("period: " + period + " ns (expected: > 0)");
        }
        Periodic periodic = new Periodic(period, action);
        add(now + first, periodic, PERIODIC);
        return periodic;
    }

    /** Lets everything happen that is to happen up to a moment, and makes that the present. */
    public void runUntil(long end) {
        while (size > 0 && times[0] <= end) {
            step();
        }
        now = Math.max(now, end);
    }

    /** Lets the next thing happen; false if there is none. */
    public boolean step() {
        if (size == 0) {
            return false;
        }
        now = times[0];
        Runnable action = actions[0];
        byte kind = kinds[0];
        removeFirst();
        if (kind == PENDING) {
            pending--;
        }
        executed++;
        action.run();
        afterEach.run();
        return true;
    }

    /** When the next thing happens; {@link Long#MAX_VALUE} if nothing does. */
    public long nextAt() {
        return size == 0 ? Long.MAX_VALUE : times[0];
    }

    /** Whether nothing is under way: everything that is to happen is planned or periodic. */
    public boolean isQuiet() {
        return pending == 0;
    }

    /** When the next planned thing happens; {@link Long#MAX_VALUE} if there is none. */
    public long nextPlanned() {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            if (kinds[i] == PLANNED) {
                next = Math.min(next, times[i]);
            }
        }
        return next;
    }

    /**
     * Passes over time in which nothing but periodic things would have happened; they go on afterwards in the same phase.
     *
     * @throws IllegalStateException if something is pending, or planned before then
     */
    public void leap(long to) {
        if (!isQuiet() || nextPlanned() < to) {
            throw new IllegalStateException("leap from " + now + " to " + to + " ns: " + pending
                    + " pending, next planned at " + nextPlanned() + " (expected: a quiet stretch)");
        }
        List<Entry> kept = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            kept.add(new Entry(times[i], orders[i], actions[i], kinds[i]));
        }
        Arrays.fill(actions, 0, size, NOTHING);
        size = 0;
        now = to;
        for (Entry entry : kept) {
            long time = entry.time;
            if (entry.kind == PERIODIC && time < to) {
                long period = ((Periodic) entry.action).period;
                time += (to - time + period - 1) / period * period;
            }
            if (entry.kind == SOFT) {
                time = Math.max(time, to);
            }
            push(time, entry.order, entry.action, entry.kind);
        }
    }

    private record Entry(long time, long order, Runnable action, byte kind) {}

    @SuppressWarnings("UnnecessaryLambda") // put into an array, not called by name
    private static final Runnable NOTHING = () -> {};

    private void add(long time, Runnable action, byte kind) {
        if (kind == PENDING) {
            pending++;
        }
        push(time, sequence++, action, kind);
    }

    private void push(long time, long order, Runnable action, byte kind) {
        if (size == times.length) {
            grow();
        }
        int hole = size++;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            if (!isBefore(time, order, times[parent], orders[parent])) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        place(hole, time, order, action, kind);
    }

    private void removeFirst() {
        size--;
        long time = times[size];
        long order = orders[size];
        Runnable action = actions[size];
        byte kind = kinds[size];
        actions[size] = NOTHING;
        if (size == 0) {
            return;
        }
        int hole = 0;
        while (true) {
            int child = 2 * hole + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && isBefore(times[child + 1], orders[child + 1], times[child], orders[child])) {
                child++;
            }
            if (!isBefore(times[child], orders[child], time, order)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        place(hole, time, order, action, kind);
    }

    private static boolean isBefore(long time, long order, long otherTime, long otherOrder) {
        return time < otherTime || (time == otherTime && order < otherOrder);
    }

    private void move(int from, int to) {
        place(to, times[from], orders[from], actions[from], kinds[from]);
    }

    private void place(int at, long time, long order, Runnable action, byte kind) {
        times[at] = time;
        orders[at] = order;
        actions[at] = action;
        kinds[at] = kind;
    }

    private void grow() {
        int capacity = times.length * 2;
        times = Arrays.copyOf(times, capacity);
        orders = Arrays.copyOf(orders, capacity);
        actions = Arrays.copyOf(actions, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
    }

    /** Something that happens again and again until it is cancelled. */
    public final class Periodic implements Runnable {
        private final long period;
        private final Runnable action;
        private boolean cancelled;

        private Periodic(long period, Runnable action) {
            this.period = period;
            this.action = action;
        }

        /** Ends it. */
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void run() {
            if (!cancelled) {
                add(now + period, this, PERIODIC);
                action.run();
            }
        }
    }
}
