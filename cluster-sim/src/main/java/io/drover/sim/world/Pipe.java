package io.drover.sim.world;

import io.drover.sim.kernel.Kernel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;

/**
 * One direction of a connection between two hosts: what is sent arrives in order, late if the way is cut for a while. It
 * does not notice by itself that nothing gets through; whoever uses it does, and closes it.
 */
final class Pipe {
    private static final long RESEND = 200_000_000L;

    private final Kernel kernel;
    private final Network network;
    private final int from;
    private final int to;
    private final BooleanSupplier isOpen;
    private final Deque<Runnable> unsent = new ArrayDeque<>();
    private long busyUntil;
    private boolean isBusy;
    private boolean isClosed;

    /**
     * From one host to another.
     *
     * @param isOpen whether something that is sent now arrives
     */
    Pipe(Kernel kernel, Network network, int from, int to, BooleanSupplier isOpen) {
        this.isOpen = isOpen;
        this.kernel = kernel;
        this.network = network;
        this.from = from;
        this.to = to;
    }

    /** What has not arrived never will. */
    void close() {
        isClosed = true;
        unsent.clear();
    }

    boolean isEmpty() {
        return unsent.isEmpty();
    }

    void send(Runnable arrival) {
        if (!isClosed) {
            unsent.add(arrival);
            next();
        }
    }

    private void next() {
        if (isBusy || isClosed || unsent.isEmpty()) {
            return;
        }
        isBusy = true;
        long wait;
        if (isOpen.getAsBoolean()) {
            busyUntil = Math.max(busyUntil, kernel.now() + network.latency(from, to));
            wait = busyUntil - kernel.now();
        } else {
            wait = RESEND;
        }
        kernel.after(wait, this::arrive);
    }

    private void arrive() {
        isBusy = false;
        if (!isClosed && isOpen.getAsBoolean() && !unsent.isEmpty()) {
            unsent.removeFirst().run();
        }
        next();
    }
}
