package io.drover.wsman;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** A web server that answers requests one after the other with what it was told to, and keeps what it was asked. */
final class ScriptedHost implements AutoCloseable {
    /** What it does with one request. */
    interface Answer {
        void give(HttpExchange exchange, String request) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Answer> script = new ConcurrentLinkedQueue<>();
    private final String scheme;

    /** Requests' bodies, in the order in which they came. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    /** Requests' headers {@code Authorization}. */
    final List<String> authorizations = new CopyOnWriteArrayList<>();

    private ScriptedHost(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.setExecutor(threads);
        server.createContext(WsmanSettings.PATH, this::handle);
        server.start();
    }

    static ScriptedHost overHttps(SSLContext tls, boolean wantsCertificate) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
                ssl.setNeedClientAuth(wantsCertificate);
                parameters.setSSLParameters(ssl);
            }
        });
        return new ScriptedHost(server, "https");
    }

    static ScriptedHost overHttp() throws IOException {
        return new ScriptedHost(
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), "http");
    }

    int port() {
        return server.getAddress().getPort();
    }

    URI endpoint(String host) {
        return URI.create(scheme + "://" + host + ":" + port() + WsmanSettings.PATH);
    }

    WsmanSettings plainSettings() {
        return new WsmanSettings(
                endpoint("127.0.0.1"),
                new WsmanAuthentication.Basic("drover", () -> "secret".toCharArray()),
                java.util.Optional.empty(),
                true,
                WsmanLimits.USUAL);
    }

    ScriptedHost then(Answer answer) {
        script.add(answer);
        return this;
    }

    ScriptedHost then(int status, String body) {
        return then((exchange, request) -> respond(exchange, status, body));
    }

    ScriptedHost thenBody(String body) {
        return then((exchange, request) -> respond(exchange, 200, Soap.envelope(request, body)));
    }

    ScriptedHost thenFault(String subcode, String detail) {
        return then(500, Soap.fault(subcode, detail));
    }

    private void handle(HttpExchange exchange) throws IOException {
        String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(request);
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        Answer answer = script.poll();
        if (answer == null) {
            respond(exchange, 599, "nothing is left in the script");
        } else {
            answer.give(exchange, request);
        }
        exchange.close();
    }

    static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", Wire.CONTENT_TYPE);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** How many answers have not been asked for. */
    int left() {
        return script.size();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
