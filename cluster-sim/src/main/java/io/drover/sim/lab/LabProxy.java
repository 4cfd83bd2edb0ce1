package io.drover.sim.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way to one port of a node. While it is cut nothing goes through, and nobody is told: as on a network whose cable is
 * out, what was sent meanwhile arrives once it is back.
 */
final class LabProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition healed = lock.newCondition();
    private boolean isCut;
    private volatile boolean isClosed;

    LabProxy(int port) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        begin(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Lets nothing through, or everything again. */
    void setCut(boolean cut) {
        lock.lock();
        try {
            isCut = cut;
            healed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void awaitHealed() {
        lock.lock();
        try {
            while (isCut && !isClosed) {
                healed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!isClosed) {
            try {
                Socket client = listening.accept();
                sockets.add(client);
                begin(() -> connect(client));
            } catch (IOException e) {
                if (isClosed) {
                    return;
                }
            }
        }
    }

    private void connect(Socket client) {
        awaitHealed();
        Socket server = new Socket();
        sockets.add(server);
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target, 2000);
        } catch (IOException e) {
            end(client, server);
            return;
        }
        begin(() -> pump(client, server));
        pump(server, client);
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16384];
        try {
            for (int length = from.getInputStream().read(buffer);
                    length >= 0;
                    length = from.getInputStream().read(buffer)) {
                awaitHealed();
                to.getOutputStream().write(buffer, 0, length);
                to.getOutputStream().flush();
            }
        } catch (IOException e) {
            // One side has gone; so does the other.
        } finally {
            awaitHealed();
            end(from, to);
        }
    }

    private void end(Socket... both) {
        for (Socket socket : both) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "lab-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        isClosed = true;
        setCut(false);
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(this::end);
    }
}
