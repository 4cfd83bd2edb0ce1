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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
    private static final int IGNORED_MAX = 64 << 20;
    private static final int THREADS = 16;
    private static final String PATH = "/wsman";
    private static final String ANONYMOUS_PATH = "/wsman-anon/identify";
    private static final String MEDIA_TYPE = "application/soap+xml";

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
        if (tls.isPresent()) {
            HttpsServer secure = Listeners.secure(port);
            secure.setHttpsConfigurator(new Configurator(tls.get()));
            server = secure;
        } else {
            server = Listeners.plain(port);
        }
        server.createContext("/", this::handle);
        threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread =
                    new Thread(task, "hyperv-host-" + server.getAddress().getPort());
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
            byte[] request = withByteOrder(exchange, read(exchange.getRequestBody()));
            Optional<WsmanService.Answer> anonymous = Optional.empty();
            if (isStranger(exchange)) {
                anonymous = service.answerAnonymously(request);
            }
            if (!isOurs(exchange)) {
                send(exchange, 404, "");
            } else if (!exchange.getRequestMethod().equals("POST")) {
                send(exchange, 405, "");
            } else if (anonymous.isPresent()) {
                send(exchange, anonymous.get().status(), anonymous.get().envelope());
            } else if (!isAllowed(exchange)) {
                authentications.forEach(each -> each.challenges()
                        .forEach(challenge -> exchange.getResponseHeaders().add("WWW-Authenticate", challenge)));
                send(exchange, 401, "");
            } else if (!isSoap(exchange)) {
                send(exchange, 415, "");
            } else {
                answer(exchange, request);
            }
        }
    }

    /** Paths are in any case, as Windows has them. */
    private static boolean isOurs(HttpExchange exchange) {
        String path = pathOf(exchange);
        return path.equals(PATH) || path.startsWith(PATH + "/") || path.equals(ANONYMOUS_PATH);
    }

    private static String pathOf(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().toLowerCase(Locale.ROOT);
    }

    /** Whether the caller asks only who is here, and says so: hosts tell that to everybody. */
    private static boolean isStranger(HttpExchange exchange) {
        String said = exchange.getRequestHeaders().getFirst("WSMANIDENTIFY");
        return pathOf(exchange).equals(ANONYMOUS_PATH) || (said != null && said.equalsIgnoreCase("unauthenticated"));
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
        return type != null && MEDIA_TYPE.equalsIgnoreCase(type.split(";", 2)[0].strip());
    }

    /** Windows' own clients write UTF-16 and say so in the header alone; a reader of XML needs to see it in the bytes. */
    private static byte[] withByteOrder(HttpExchange exchange, byte[] bytes) {
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        boolean isWide = type != null && type.toLowerCase(Locale.ROOT).contains("utf-16");
        if (!isWide || bytes.length < 2 || (bytes[0] == 0) == (bytes[1] == 0)) {
            return bytes;
        }
        byte[] marked = new byte[bytes.length + 2];
        marked[0] = (byte) (bytes[0] == 0 ? 0xFE : 0xFF);
        marked[1] = (byte) (bytes[0] == 0 ? 0xFF : 0xFE);
        System.arraycopy(bytes, 0, marked, 2, bytes.length);
        return marked;
    }

    /** What the service calls too much is read on, so that the caller gets to hear that; what is far too much is not. */
    private static byte[] read(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(REQUEST_MAX + 1);
        byte[] rest = new byte[8192];
        int ignored = 0;
        int count = bytes.length > REQUEST_MAX ? body.read(rest) : -1;
        while (count >= 0 && ignored < IGNORED_MAX) {
            ignored += count;
            count = body.read(rest);
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
