package io.drover.hypervisor.qemu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one QEMU by its machine protocol (QMP): commands with identifiers, answers, and events. It is opened
 * by its own thread, which then reads; a QEMU that hangs therefore blocks nobody for longer than the caller's deadline,
 * and the connection becomes usable when the QEMU wakes up. All methods may be called by any thread.
 */
final class QmpConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QmpConnection.class);

    /** The longest answer that is known, the list of machine types, has about 40 KiB. */
    private static final int LINE_BYTES_MAX = 4 << 20;

    private static final int UNANSWERED_MAX = 256;

    private final String label;
    private final SocketChannel channel;
    private final AtomicLong ids = new AtomicLong();
    private final Map<String, Unanswered> unanswered = new ConcurrentHashMap<>();
    private final List<Consumer<QmpEvent>> listeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Object writing = new Object();

    /** Guarded by {@code writing}; no longer than the answers that are waited for. */
    private final List<ObjectNode> early = new ArrayList<>();

    /** Guarded by {@code writing}. */
    private boolean ready;

    private volatile boolean connected;

    /** A command and who waits for its answer. */
    private record Unanswered(String command, CompletableFuture<JsonNode> answer) {}

    private QmpConnection(String label, SocketChannel channel) {
        this.label = label;
        this.channel = channel;
    }

    /**
     * Begins to connect, and returns at once.
     *
     * @param label the guest, for messages
     */
    static QmpConnection open(String label, Path socket) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
        try {
            QmpConnection connection = new QmpConnection(label, SocketChannel.open(StandardProtocolFamily.UNIX));
            Thread reader = new Thread(() -> connection.run(address), "qmp-" + label);
            reader.setDaemon(true);
            reader.start();
            return connection;
        } catch (IOException e) {
            throw new HypervisorException(
                    Kind.FAILED, "cannot open a socket for QEMU of " + label, "check the limit of open files", e);
        }
    }

    /** Whether it is of use, now or once the QEMU answers. */
    boolean isOpen() {
        return !ended.isDone();
    }

    /** Whether it ended without a QEMU having listened at all. */
    boolean wasRefused() {
        return ended.isDone() && !connected;
    }

    /** Done when it has ended, for whatever reason. */
    CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Has events told to a listener, on the thread of this connection: it must not block or ask. */
    void listen(Consumer<QmpEvent> listener) {
        listeners.add(listener);
    }

    /** Ends {@link #listen}. */
    void unlisten(Consumer<QmpEvent> listener) {
        listeners.remove(listener);
    }

    /** An empty set of arguments. */
    static ObjectNode arguments() {
        return Json.object();
    }

    /** A command without arguments. */
    JsonNode ask(String command, Duration deadline) {
        return ask(command, arguments(), deadline);
    }

    /**
     * Asks and waits.
     *
     * @throws HypervisorException if QEMU refuses, does not answer in time, or has gone
     */
    JsonNode ask(String command, ObjectNode arguments, Duration deadline) {
        return await(command, send(command, arguments), deadline);
    }

    /** Waits for the answer to an earlier {@link #send}. */
    JsonNode await(String command, CompletableFuture<JsonNode> answer, Duration deadline) {
        try {
            return answer.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw new HypervisorException(
                    Kind.UNREACHABLE,
                    "QEMU of VM '" + label + "' has not answered " + command + " for " + deadline.toMillis() + " ms",
                    "see whether the process hangs on its storage",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(false);
            throw new HypervisorException(
                    Kind.FAILED,
                    "interrupted while QEMU of VM '" + label + "' was asked to " + command,
                    "try again",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HypervisorException known ? known : failure(command, e);
        }
    }

    /** Asks; the answer, or a {@link HypervisorException}, comes later. Cancelling it forgets the answer. */
    CompletableFuture<JsonNode> send(String command, ObjectNode arguments) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        if (unanswered.size() >= UNANSWERED_MAX) {
            answer.completeExceptionally(
                    failure(command, new IOException(UNANSWERED_MAX + " commands have not been answered")));
            return answer;
        }
        String id = Long.toString(ids.incrementAndGet());
        unanswered.put(id, new Unanswered(command, answer));
        CompletableFuture<JsonNode> unusedCleared = answer.whenComplete((value, failure) -> unanswered.remove(id));
        write(command, id, arguments);
        if (ended.isDone()) { // It may have ended after the answers were failed and before this one was kept.
            answer.completeExceptionally(failure(command, new EOFException("the connection has ended")));
        }
        return answer;
    }

    private void write(String command, String id, ObjectNode arguments) {
        ObjectNode message = Json.object().put("execute", command).put("id", id);
        if (!arguments.isEmpty()) {
            message.set("arguments", arguments);
        }
        try {
            synchronized (writing) {
                if (ready) {
                    writeLine(message);
                } else {
                    early.add(message);
                }
            }
        } catch (IOException e) {
            end(e);
        }
    }

    /** Commands that came before QEMU was ready to be told any go out first, in their order. */
    private void becomeReady() throws IOException {
        synchronized (writing) {
            ready = true;
            for (ObjectNode message : early) {
                if (unanswered.containsKey(message.path("id").asText())) { // Otherwise nobody wants it done any more.
                    writeLine(message);
                }
            }
            early.clear();
        }
    }

    /** Only while {@code writing} is held, or before anybody else may write. */
    private void writeLine(ObjectNode message) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((Json.text(message) + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    private void run(UnixDomainSocketAddress address) {
        try {
            channel.connect(address);
            connected = true;
            Lines lines = new Lines();
            JsonNode greeting = lines.next();
            if (!greeting.has("QMP")) {
                throw new IOException("not a QEMU: greeting without QMP");
            }
            writeLine(Json.object().put("execute", "qmp_capabilities").put("id", "0"));
            JsonNode first = lines.next();
            while (first.has("event")) {
                first = lines.next();
            }
            if (!first.has("return")) {
                throw new IOException("QEMU refuses its capabilities: "
                        + first.path("error").path("desc").asText());
            }
            becomeReady();
            while (true) {
                dispatch(lines.next());
            }
        } catch (IOException | RuntimeException e) {
            end(e);
        }
    }

    private void dispatch(JsonNode message) {
        if (message.has("event")) {
            QmpEvent event = new QmpEvent(message.path("event").asText(), message.path("data"));
            listeners.forEach(listener -> listener.accept(event));
            return;
        }
        Unanswered asked = unanswered.remove(message.path("id").asText());
        if (asked == null) {
            return; // Its caller has stopped waiting.
        }
        if (message.has("return")) {
            asked.answer().complete(message.path("return"));
        } else {
            asked.answer()
                    .completeExceptionally(QemuFailure.of(
                            asked.command() + " VM '" + label + "'",
                            message.path("error").path("desc").asText("unknown error")));
        }
    }

    private void end(Exception cause) {
        if (!ended.complete(null)) {
            return;
        }
        LOG.debug("vm {}: the connection to its QEMU has ended: {}", label, cause.toString());
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("vm {}: closing the connection to its QEMU", label, e);
        }
        unanswered.values().forEach(asked -> asked.answer().completeExceptionally(failure(asked.command(), cause)));
    }

    private HypervisorException failure(String command, Throwable cause) {
        return new HypervisorException(
                Kind.UNREACHABLE,
                "QEMU of VM '" + label + "' cannot be asked to " + command + ": " + cause.getMessage(),
                "see whether its process runs",
                cause);
    }

    @Override
    public void close() {
        end(new EOFException("let go"));
    }

    /** Reads one JSON object after the other, each on a line of its own. */
    private final class Lines {
        private final ByteBuffer buffer = ByteBuffer.allocate(8192).limit(0);
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        JsonNode next() throws IOException {
            line.reset();
            while (true) {
                while (buffer.hasRemaining()) {
                    byte next = buffer.get();
                    if (next == '\n') {
                        return parse();
                    }
                    line.write(next);
                }
                if (line.size() > LINE_BYTES_MAX) {
                    throw new IOException("a line of more than " + LINE_BYTES_MAX + " bytes");
                }
                buffer.clear();
                int read = channel.read(buffer);
                buffer.flip();
                if (read < 0) {
                    throw new EOFException("QEMU has closed the connection");
                }
            }
        }

        private JsonNode parse() throws IOException {
            try {
                return Json.read(line.toByteArray());
            } catch (JsonProcessingException e) {
                throw new IOException("not JSON: " + e.getOriginalMessage(), e);
            }
        }
    }
}
