package io.drover.api.http;

import com.sun.net.httpserver.HttpServer;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves {@code /}, {@code /status.json}, {@code /metrics}, {@code /healthz} and {@code /readyz}. Threads, waiting
 * requests, connections and times are limited: whoever floods this port cannot hurt the rest of the agent.
 */
public final class PageServer implements AutoCloseable {
    private static final int THREADS = 6;
    private static final int REQUESTS_WAITING_MAX = 64;
    private static final int BACKLOG = 64;
    private static final int THREAD_IDLE_SECONDS = 10;

    private final HttpServer server;
    private final ThreadPoolExecutor workers;

    private PageServer(HttpServer server, ThreadPoolExecutor workers) {
        this.server = server;
        this.workers = workers;
    }

    /**
     * Begins to serve.
     *
     * @param address where to listen; port 0 takes any free one
     * @throws ProblemException if the address cannot be listened on
     */
    public static PageServer start(InetSocketAddress address, Pages pages) {
        setLimits();
        HttpServer server;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException | IllegalArgumentException e) {
            throw new ProblemException(Problem.of(
                    ProblemKind.USAGE,
                    "cannot serve pages on " + address.getHostString() + ":" + address.getPort(),
                    String.valueOf(e.getMessage()),
                    "set http in the configuration file to a free port of this machine",
                    "stop the program that listens there"));
        }
        ThreadPoolExecutor workers = workers();
        server.setExecutor(workers);
        server.createContext("/", new Router(pages));
        server.start();
        return new PageServer(server, workers);
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Stops serving; requests under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        workers.shutdownNow();
    }

    /** A request that finds all threads busy and the queue full is dropped with its connection. */
    private static ThreadPoolExecutor workers() {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(REQUESTS_WAITING_MAX),
                task -> {
                    Thread thread = new Thread(task, "http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }

    /**
     * The JDK's server takes its limits from system properties, once for the whole process; what the command line sets
     * stays. Without them a client that sends nothing holds a thread for good.
     */
    private static void setLimits() {
        setIfAbsent("jdk.httpserver.maxConnections", "100");
        setIfAbsent("sun.net.httpserver.maxIdleConnections", "20");
        // Seconds.
        setIfAbsent("sun.net.httpserver.idleInterval", "30");
        setIfAbsent("sun.net.httpserver.maxReqTime", "10");
        setIfAbsent("sun.net.httpserver.maxRspTime", "20");
        setIfAbsent("sun.net.httpserver.maxReqHeaders", "100");
        // Without it the last packet of an answer waits for the client's delayed acknowledgement, 40 ms.
        setIfAbsent("sun.net.httpserver.nodelay", "true");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
