package io.drover.coordination.ensemble;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of loopback for servers that are ended and started again. They lie below those that a system gives to whoever
 * does not ask for a certain one (from 32768 on Linux, from 49152 on Windows), since other tests run beside this one: a
 * port that nobody listens on for a while would sooner or later be given to one of them.
 */
public final class TestPorts {
    private static final int FIRST = 16_384;
    private static final int COUNT = 16_000;

    /** Each process begins elsewhere, and comes to none of its ports twice before it has been to all of them. */
    private static int next = ThreadLocalRandom.current().nextInt(COUNT);

    private TestPorts() {}

    /** So many, all different, of which nobody uses any just now. */
    public static synchronized int[] of(int count) {
        List<Integer> ports = new ArrayList<>();
        for (int tried = 0; tried < COUNT && ports.size() < count; tried++) {
            int port = FIRST + next;
            next = (next + 1) % COUNT;
            if (isFree(port)) {
                ports.add(port);
            }
        }
        if (ports.size() < count) {
            throw new IllegalStateException(
                    "no " + count + " free ports from " + FIRST + " to " + (FIRST + COUNT - 1) + " on loopback");
        }
        return ports.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isFree(int port) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ServerSocket socket;
        try {
            socket = new ServerSocket(port, 1, loopback);
        } catch (IOException inUse) {
            return false;
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }
}
