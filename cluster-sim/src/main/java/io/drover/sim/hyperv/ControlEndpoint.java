package io.drover.sim.hyperv;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.drover.sim.hyperv.host.NextFailures;
import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.wire.Listeners;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where hosts are told to misbehave while they run, on the loopback interface: {@code POST
 * /misbehave?name=NAME[&host=HOST][&on=false]}, {@code POST /fail-next?host=HOST&work=WORK[&message=NUMBER][&hresult=0xHEX]},
 * {@code POST /restart?host=HOST}, {@code /power-off}, {@code /power-on}, and {@code GET /truth} for what guests did.
 */
final class ControlEndpoint implements AutoCloseable {
    private final EmulatedHosts hosts;
    private final HttpServer server;

    /**
     * Opens the port.
     *
     * @param port 0 for any
     */
    ControlEndpoint(EmulatedHosts hosts, int port) throws IOException {
        this.hosts = hosts;
        server = Listeners.plain(port);
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** Switches on what a text names: {@code NAME} of all hosts, or {@code NAME@HOST}. */
    void switchOn(String text) {
        String[] parts = text.split("@", 2);
        misbehave(parts[0], parts.length > 1 ? parts[1] : "", true);
    }

    private void misbehave(String name, String host, boolean isOn) {
        Misbehaviour which = Misbehaviour.of(name)
                .orElseThrow(() -> new IllegalArgumentException("no misbehaviour '" + name + "' (expected: "
                        + Arrays.stream(Misbehaviour.values())
                                .map(Misbehaviour::commandName)
                                .collect(Collectors.joining(", "))
                        + ")"));
        List<String> names = host.isEmpty() ? hosts.hostNames() : List.of(host);
        names.forEach(each -> hosts.misbehave(each, which, isOn));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isTruth = exchange.getRequestURI().getPath().equals("/truth");
            if (exchange.getRequestMethod().equals(isTruth ? "GET" : "POST")) {
                answer(exchange);
            } else {
                send(exchange, 405, "expected: " + (isTruth ? "GET" : "POST") + "\n");
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String text;
        try {
            text = done(exchange.getRequestURI());
        } catch (IllegalArgumentException e) {
            send(exchange, 400, e.getMessage() + "\n");
            return;
        }
        send(exchange, 200, text);
    }

    private String done(URI uri) throws IOException {
        Map<String, String> query = query(uri.getRawQuery() == null ? "" : uri.getRawQuery());
        String host = query.getOrDefault("host", "");
        switch (uri.getPath()) {
            case "/misbehave" ->
                misbehave(
                        query.getOrDefault("name", ""),
                        host,
                        !query.getOrDefault("on", "true").equals("false"));
            case "/fail-next" -> failNext(query, host);
            case "/restart" -> hosts.restartService(host);
            case "/power-off" -> hosts.powerOff(host);
            case "/power-on" -> hosts.powerOn(host);
            case "/truth" -> {
                return truth();
            }
            default ->
                throw new IllegalArgumentException(uri.getPath()
                        + " (expected: /misbehave, /fail-next, /restart, /power-off, /power-on or /truth)");
        }
        return "done\n";
    }

    private void failNext(Map<String, String> query, String host) {
        String name = query.getOrDefault("work", "");
        NextFailures.Work work = Arrays.stream(NextFailures.Work.values())
                .filter(each -> each.name().equalsIgnoreCase(name.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no work '" + name + "' (expected: " + Arrays.toString(NextFailures.Work.values()) + ")"));
        // A number that is none is an IllegalArgumentException as well.
        long hresult = Long.decode(query.getOrDefault("hresult", "0"));
        hosts.host(host).nextFailures().fail(work, query.getOrDefault("message", ""), hresult);
    }

    private String truth() {
        var truth = hosts.truth();
        StringBuilder text = new StringBuilder();
        truth.vms()
                .forEach(vm -> text.append(vm)
                        .append(" restarts ")
                        .append(truth.restarts(vm))
                        .append(" hosts ")
                        .append(String.join(">", truth.hosts(vm)))
                        .append('\n'));
        truth.doubles().forEach(each -> text.append("DOUBLE ").append(each).append('\n'));
        return text.toString();
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new TreeMap<>();
        for (String each : raw.split("&", -1)) {
            String[] parts = each.split("=", 2);
            if (parts.length == 2) {
                query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
