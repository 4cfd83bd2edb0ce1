package io.drover.sim.hyperv.wire;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Opens ports on the loopback interface. */
public final class Listeners {
    private interface Opening<T> {
        T open(InetSocketAddress address) throws IOException;
    }

    private Listeners() {}

    /**
     * Opens one for HTTP.
     *
     * @param port 0 for any
     * @throws IOException if it cannot be had; its text names the port
     */
    public static HttpServer plain(int port) throws IOException {
        return open(port, address -> HttpServer.create(address, 0));
    }

    /** The same for HTTPS. */
    static HttpsServer secure(int port) throws IOException {
        return open(port, address -> HttpsServer.create(address, 0));
    }

    private static <T> T open(int port, Opening<T> opening) throws IOException {
        try {
            return opening.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (BindException e) {
            throw new IOException("port " + port + ": " + e.getMessage() + " (expected: a port that is free)", e);
        }
    }
}
