package io.drover.sim.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * The least that one needs to talk to a QEMU: the yardstick must not be built from what it measures. Used by one thread.
 */
final class Qmp implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final SocketChannel channel;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(8192).limit(0);
    private final Queue<JsonNode> events = new ArrayDeque<>();

    Qmp(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        next(); // the greeting
        ask("qmp_capabilities", arguments());
    }

    static ObjectNode arguments() {
        return JSON.createObjectNode();
    }

    /** A command and its answer; events that come before it are kept. */
    JsonNode ask(String command, ObjectNode arguments) throws IOException {
        ObjectNode message = arguments().put("execute", command);
        if (!arguments.isEmpty()) {
            message.set("arguments", arguments);
        }
        ByteBuffer line = ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
        while (true) {
            JsonNode answer = next();
            if (answer.has("event")) {
                events.add(answer);
            } else if (answer.has("return")) {
                return answer.path("return");
            } else {
                throw new IOException(
                        command + ": " + answer.path("error").path("desc").asText());
            }
        }
    }

    JsonNode ask(String command) throws IOException {
        return ask(command, arguments());
    }

    /** Waits for an event, one that has come already counts; earlier ones are dropped. */
    JsonNode await(Predicate<JsonNode> wanted) throws IOException {
        while (true) {
            JsonNode event = events.isEmpty() ? next() : events.remove();
            if (wanted.test(event)) {
                return event;
            }
        }
    }

    /** Waits until QEMU closes its end, as it does when its process ends. */
    void awaitEnd() throws IOException {
        try {
            await(event -> false);
        } catch (EOFException | SocketException ended) {
            return;
        }
    }

    private JsonNode next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (buffer.hasRemaining()) {
                byte read = buffer.get();
                if (read == '\n') {
                    return JSON.readTree(line.toByteArray());
                }
                line.write(read);
            }
            if (selector.select(LIMIT.toMillis()) == 0) {
                throw new IOException("QEMU has said nothing for " + LIMIT.toSeconds() + " s");
            }
            selector.selectedKeys().clear();
            buffer.clear();
            int count = channel.read(buffer);
            buffer.flip();
            if (count < 0) {
                throw new EOFException("QEMU has closed its connection");
            }
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
