package io.drover.coordination.ensemble;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.drover.config.ZooKeeperConfig.ServerAddress;
import io.drover.supervision.JavaCommand;
import io.drover.supervision.Supervisor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** A real ensemble: each server a process of its own, kept by the same supervisor as in production. */
public final class TestEnsemble implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String HOST = "127.0.0.1";

    static {
        quiet("org.apache.zookeeper", Level.OFF);
        quiet("org.apache.curator", Level.OFF);
        quiet("io.drover", Level.WARN);
        quiet("io.grpc", Level.WARN);
    }

    private final Path directory;
    private final Map<Integer, ServerAddress> servers;
    private final Map<Integer, Supervisor> supervisors = new TreeMap<>();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    private TestEnsemble(Path directory, Map<Integer, ServerAddress> servers) {
        this.directory = directory;
        this.servers = servers;
    }

    /** Starts servers and waits until they serve. */
    public static TestEnsemble start(Path directory, int size) {
        TestEnsemble ensemble = new TestEnsemble(directory, freeAddresses(size));
        ensemble.servers.keySet().forEach(ensemble::startServer);
        try {
            ensemble.awaitServing();
        } catch (RuntimeException e) {
            ensemble.close();
            throw e;
        }
        return ensemble;
    }

    /** Addresses that nobody uses just now. */
    public static Map<Integer, ServerAddress> freeAddresses(int size) {
        int[] ports = TestPorts.of(size * 3);
        Map<Integer, ServerAddress> addresses = new TreeMap<>();
        for (int id = 1; id <= size; id++) {
            int first = (id - 1) * 3;
            addresses.put(id, new ServerAddress(HOST, ports[first], ports[first + 1], ports[first + 2]));
        }
        return addresses;
    }

    public Map<Integer, ServerAddress> servers() {
        return servers;
    }

    public Supervisor supervisor(int id) {
        return supervisors.get(id);
    }

    public String connect() {
        return servers.values().stream()
                .map(server -> server.host() + ":" + server.clientPort())
                .collect(Collectors.joining(","));
    }

    /** The server that leads; empty while none does. */
    public Optional<Integer> leader() {
        return servers.keySet().stream()
                .filter(id -> mode(servers.get(id)).filter("leader"::equals).isPresent())
                .findFirst();
    }

    /** Ends a server, which is not started again before {@link #restart}. */
    public void stop(int id) {
        supervisors.get(id).stop();
    }

    /** Starts a server that was stopped, with what is on its disk. */
    public void restart(int id) {
        startServer(id);
    }

    /** Waits until every server serves. */
    public void awaitServing() {
        await().atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> servers.values().stream()
                        .allMatch(server -> mode(server).isPresent()));
    }

    /** What a server says it is: leader or follower; empty while it does not serve. */
    public static Optional<String> mode(ServerAddress server) {
        return ask(server, "srvr")
                .lines()
                .filter(line -> line.startsWith("Mode: "))
                .map(line -> line.substring("Mode: ".length()))
                .findFirst();
    }

    /** A server's answer to one of ZooKeeper's four-letter words; empty if there is none. */
    public static String ask(ServerAddress server, String word) {
        try (Socket socket = new Socket(server.host(), server.clientPort())) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** The command of one server. */
    public static List<String> command(Path directory, int id, Map<Integer, ServerAddress> servers) {
        try {
            Files.createDirectories(directory);
            Path logging = directory.resolve("logging.xml");
            Files.writeString(logging, """
                    <configuration>
                      <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                        <encoder><pattern>%d %-5level %logger{20} %msg%n</pattern></encoder>
                      </appender>
                      <root level="warn"><appender-ref ref="out"/></root>
                    </configuration>
                    """);
            return JavaCommand.of(
                    List.of("-Dlogback.configurationFile=" + logging.toAbsolutePath()),
                    ServerProcess.class.getName(),
                    ServerProcess.arguments(directory, id, servers));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startServer(int id) {
        Path data = directory.resolve("server" + id);
        Supervisor supervisor =
                new Supervisor("ZooKeeper server", command(data, id, servers), data, executor, InstantSource.system());
        supervisors.put(id, supervisor);
        try {
            supervisor.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        supervisors.values().forEach(Supervisor::stop);
        executor.shutdownNow();
    }

    private static void quiet(String name, Level level) {
        ((Logger) LoggerFactory.getLogger(name)).setLevel(level);
    }
}
