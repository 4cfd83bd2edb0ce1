package io.drover.coordination.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between clients and one server, and can be told to misbehave as a network does. */
public final class FaultProxy implements AutoCloseable {
    private final InetSocketAddress target;
    private final ServerSocket listening;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;
    private volatile boolean closed;

    public FaultProxy(String host, int port) {
        target = new InetSocketAddress(host, port);
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    /** What happens to bytes and connections. */
    public enum Mode {
        /** All goes through. */
        PASS,
        /** Nothing goes through, and nobody is told. */
        BLACK_HOLE,
        /** Requests arrive, answers do not. */
        DROP_ANSWERS,
        /** Requests do not arrive. */
        DROP_REQUESTS,
        /** Every connection is closed at once. */
        REFUSE
    }

    public int port() {
        return listening.getLocalPort();
    }

    public void set(Mode next) {
        mode = next;
        if (next == Mode.REFUSE) {
            cut();
        }
    }

    /** Lets everything through again; connections that have lost bytes are closed. */
    public void heal() {
        mode = Mode.PASS;
        cut();
    }

    /** Closes every connection; new ones are treated by the mode. */
    public void cut() {
        sockets.forEach(FaultProxy::closeQuietly);
    }

    @Override
    public void close() {
        closed = true;
        cut();
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket client = listening.accept();
                if (mode == Mode.REFUSE) {
                    client.close();
                } else {
                    connect(client);
                }
            } catch (IOException e) {
                if (!closed) {
                    continue;
                }
                return;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server = new Socket();
        try {
            server.connect(target, 2000);
        } catch (IOException e) {
            client.close();
            return;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        start(() -> pump(client, server, true));
        start(() -> pump(server, client, false));
    }

    private void pump(Socket from, Socket to, boolean requests) {
        byte[] buffer = new byte[16384];
        try {
            int length = from.getInputStream().read(buffer);
            while (length >= 0) {
                if (passes(requests)) {
                    to.getOutputStream().write(buffer, 0, length);
                    to.getOutputStream().flush();
                }
                length = from.getInputStream().read(buffer);
            }
        } catch (IOException e) {
            // One side has gone; so does the other.
        } finally {
            closeQuietly(from);
            closeQuietly(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private boolean passes(boolean requests) {
        return switch (mode) {
            case PASS -> true;
            case BLACK_HOLE, REFUSE -> false;
            case DROP_ANSWERS -> requests;
            case DROP_REQUESTS -> !requests;
        };
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
