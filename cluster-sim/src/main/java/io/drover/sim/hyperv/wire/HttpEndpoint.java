package io.drover.sim.hyperv.wire;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.misbehaviour.Misbehaviours;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The listener of one host: {@code /wsman} over HTTP or HTTPS, on the loopback interface. A plain body over HTTP is taken
 * only with Basic: Windows hosts refuse what is not sealed unless they were told otherwise.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final int REQUEST_MAX = 500 << 10;
    private static final int THREADS = 16;

    private final HttpServer server;
    private final ExecutorService threads;
    private final WsmanService service;
    private final Object lock;
    private final Misbehaviours misbehaviours;
    private final List<Authentication> authentications;
    private final Consumer<Duration> wait;

    /**
     * Opens the port.
     *
     * @param port 0 for any
     * @param tls how to answer TLS; empty for plain HTTP
     * @param authentications one of which must be met
     * @param lock held while the service answers
     * @param wait lets time pass, by the clock of the host
     */
    public HttpEndpoint(
            int port,
            Optional<SSLContext> tls,
            List<Authentication> authentications,
            WsmanService service,
            Object lock,
            Misbehaviours misbehaviours,
            Consumer<Duration> wait)
            throws IOException {
        this.service = service;
        this.lock = lock;
        this.misbehaviours = misbehaviours;
        this.authentications = List.copyOf(authentications);
        this.wait = wait;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        if (tls.isPresent()) {
            HttpsServer secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new Configurator(tls.get()));
            server = secure;
        } else {
            server = HttpServer.create(address, 0);
        }
        server.createContext("/wsman", this::handle);
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "hyperv-host-" + server.getAddress().getPort());
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.start();
    }

    /** The port that it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (misbehaviours.has(Misbehaviour.CONNECTIONS_RESET)) {
                return;
            }
            byte[] request = read(exchange.getRequestBody());
            if (!exchange.getRequestMethod().equals("POST")) {
                send(exchange, 405, "");
            } else if (!isAllowed(exchange)) {
                authentications.forEach(each -> each.challenges()
                        .forEach(challenge -> exchange.getResponseHeaders().add("WWW-Authenticate", challenge)));
                send(exchange, 401, "");
            } else if (request.length > REQUEST_MAX) {
                send(exchange, 413, "");
            } else if (!isSoap(exchange)) {
                send(exchange, 415, "");
            } else {
                answer(exchange, request);
            }
        }
    }

    private void answer(HttpExchange exchange, byte[] request) throws IOException {
        WsmanService.Answer answer;
        synchronized (lock) {
            answer = service.answer(request);
        }
        if (!answer.delay().isZero()) {
            wait.accept(answer.delay());
        }
        // Before a byte of the answer has gone out, the end of the exchange is the end of its connection.
        if (!misbehaviours.has(Misbehaviour.ANSWERS_LOST) && !misbehaviours.has(Misbehaviour.CONNECTIONS_RESET)) {
            send(exchange, answer.status(), answer.envelope());
        }
    }

    private boolean isAllowed(HttpExchange exchange) {
        return !misbehaviours.has(Misbehaviour.UNAUTHORIZED)
                && authentications.stream().anyMatch(each -> each.isGood(exchange));
    }

    private static boolean isSoap(HttpExchange exchange) {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        return type != null && type.strip().toLowerCase(java.util.Locale.ROOT).startsWith("application/soap+xml");
    }

    private static byte[] read(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(REQUEST_MAX + 1);
        if (bytes.length > REQUEST_MAX) {
            body.skip(Long.MAX_VALUE);
        }
        return bytes;
    }

    private static void send(HttpExchange exchange, int status, String envelope) throws IOException {
        byte[] bytes = envelope.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/soap+xml;charset=UTF-8");
        exchange.getResponseHeaders().set("Server", "Microsoft-HTTPAPI/2.0");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Asks for a certificate and does without. */
    private static final class Configurator extends HttpsConfigurator {
        Configurator(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
        }
    }
}
