package io.drover.sim.hypervadapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers as a host once did, from the records of {@code drover host smoke-test}. A request that was recorded several times
 * is answered in the order of the records, and then always with the last; one that was not recorded with HTTP 404. What a
 * request is about is its action, its object and its body: all else in an envelope differs from call to call.
 */
final class RecordedHost implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ABOUT = Pattern.compile(
            "<(?:\\w+:)?(Action|ResourceURI|SelectorSet)\\b[^>]*>(.*?)</(?:\\w+:)?\\1>|<(?:\\w+:)?Body\\b[^>]*>(.*)</(?:\\w+:)?Body>",
            Pattern.DOTALL);
    private static final Pattern MESSAGE = Pattern.compile("<(?:\\w+:)?MessageID[^>]*>([^<]*)<");
    private static final Pattern RELATES = Pattern.compile("(RelatesTo[^>]*>)[^<]*(<)");

    private final HttpServer server;
    private final Map<String, Deque<JsonNode>> answers = new HashMap<>();
    private final ConcurrentLinkedQueue<String> unknown = new ConcurrentLinkedQueue<>();

    RecordedHost(Path records) throws IOException {
        for (String line : Files.readAllLines(records)) {
            JsonNode record = JSON.readTree(line);
            if (record.get("request").get("kind").asText().equals("wsman")) {
                answers.computeIfAbsent(about(record.get("request").get("xml").asText()), key -> new ArrayDeque<>())
                        .add(record);
            }
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/wsman", this::answer);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/wsman");
    }

    /** Requests that were not recorded. */
    Iterable<String> unknown() {
        return unknown;
    }

    private static String about(String envelope) {
        StringBuilder about = new StringBuilder();
        Matcher parts = ABOUT.matcher(envelope);
        while (parts.find()) {
            about.append(parts.group(2) == null ? parts.group(3) : parts.group(2))
                    .append('\n');
        }
        return about.toString();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            JsonNode record = next(about(request));
            if (record == null) {
                unknown.add(request);
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            Matcher message = MESSAGE.matcher(request);
            String answer = message.find()
                    ? RELATES.matcher(record.get("xml").asText()).replaceAll("$1" + message.group(1) + "$2")
                    : record.get("xml").asText();
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/soap+xml;charset=UTF-8");
            exchange.sendResponseHeaders(record.get("status").asInt(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized @Nullable JsonNode next(String about) {
        Deque<JsonNode> known = answers.get(about);
        if (known == null) {
            return null;
        }
        return known.size() > 1 ? known.poll() : known.peek();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
