package io.drover.sim.world;

import io.drover.sim.kernel.Kernel;
import io.drover.sim.kernel.Program;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * A connection between two processes: what is sent arrives in order, or the connection breaks. It survives a cut that is
 * mended before {@link #PATIENCE} is over. What was sent last before it breaks may have arrived or not.
 */
public final class Stream {
    /** An end that hears nothing for so long takes the connection for broken. */
    public static final long PATIENCE = 10_000_000_000L;

    private static final long RESEND = 200_000_000L;

    private final Kernel kernel;
    private final Network network;
    private final End client;
    private final End server;

    /** Connects two processes; the ends' listeners are set before anything is sent. */
    public Stream(Kernel kernel, Network network, int clientHost, Program client, int serverHost, Program server) {
        this.kernel = kernel;
        this.network = network;
        this.client = new End(clientHost, client);
        this.server = new End(serverHost, server);
    }

    /** The end of whoever connected. */
    public End client() {
        return client;
    }

    /** The other end. */
    public End server() {
        return server;
    }

    private End peer(End end) {
        return end == client ? server : client;
    }

    /** One end. */
    public final class End {
        private final int host;
        private final Program program;
        private final int life;
        private final Deque<Runnable> unsent = new ArrayDeque<>();
        private Consumer<String> broken = why -> {};
        private boolean isOpen = true;
        private boolean isEnding;
        private boolean isResending;
        private long busyUntil;
        private long stuckSince = -1;

        private End(int host, Program program) {
            this.host = host;
            this.program = program;
            this.life = program.life();
        }

        /** Told once when the connection has ended, by the other end or by itself. */
        public void onBroken(Consumer<String> listener) {
            broken = listener;
        }

        /** Whether this end has not seen its end yet. */
        public boolean isOpen() {
            return isOpen;
        }

        /** Sends something to the other end. */
        public void send(Runnable arrival) {
            if (isOpen && !isEnding) {
                unsent.add(() -> peer(this).program.run(peer(this).life, () -> {
                    if (peer(this).isOpen) {
                        arrival.run();
                    }
                }));
                flush();
            }
        }

        /** Ends it: what was sent before arrives, then the other end is told. */
        public void end(String why) {
            if (isOpen && !isEnding) {
                isEnding = true;
                unsent.add(() -> peer(this).breakOff(why));
                flush();
                isOpen = false;
            }
        }

        private void flush() {
            if (isResending) {
                return;
            }
            End peer = peer(this);
            if (!peer.program.isRunning() || peer.program.life() != peer.life) {
                // Its host answers for it that nobody is there.
                if (network.links(host, peer.host)) {
                    unsent.clear();
                    kernel.after(network.latency(peer.host, host), () -> breakOff("the other end is gone"));
                    return;
                }
            }
            if (network.links(host, peer.host)) {
                stuckSince = -1;
                while (!unsent.isEmpty()) {
                    long at = Math.max(busyUntil, kernel.now() + network.latency(host, peer.host));
                    busyUntil = at;
                    kernel.after(at - kernel.now(), unsent.removeFirst());
                }
                return;
            }
            stuckSince = stuckSince < 0 ? kernel.now() : stuckSince;
            if (kernel.now() - stuckSince >= PATIENCE) {
                unsent.clear();
                breakOff("nothing gets through");
                return;
            }
            isResending = true;
            kernel.after(RESEND, () -> {
                isResending = false;
                if (!unsent.isEmpty()) {
                    flush();
                }
            });
        }

        /** Looks whether the other end is still there; called now and then by whoever waits on it. */
        public void probe() {
            if (!isOpen || !unsent.isEmpty()) {
                return;
            }
            End peer = peer(this);
            boolean isGone = !peer.program.isRunning() || peer.program.life() != peer.life;
            if (network.links(host, peer.host)) {
                stuckSince = -1;
                if (isGone) {
                    breakOff("the other end is gone");
                }
            } else if (stuckSince < 0) {
                stuckSince = kernel.now();
            } else if (kernel.now() - stuckSince >= PATIENCE) {
                breakOff("the other end does not answer");
            }
        }

        private void breakOff(String why) {
            if (isOpen) {
                isOpen = false;
                unsent.clear();
                program.run(life, () -> broken.accept(why));
            }
        }
    }
}
