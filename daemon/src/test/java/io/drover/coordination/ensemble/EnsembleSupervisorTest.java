package io.drover.coordination.ensemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.config.ZooKeeperConfig.ServerAddress;
import io.drover.supervision.JavaCommand;
import io.drover.supervision.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class EnsembleSupervisorTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final List<Supervisor> supervisors = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        supervisors.forEach(Supervisor::stop);
        executor.shutdownNow();
    }

    @Test
    void oneServerAloneServesAndEndsWhenAsked() throws IOException {
        Map<Integer, ServerAddress> servers = TestEnsemble.freeAddresses(1);
        Supervisor supervisor = supervise(TestEnsemble.command(directory, 1, servers));

        await().atMost(LIMIT).until(() -> TestEnsemble.mode(servers.get(1)).isPresent());
        assertThat(TestEnsemble.ask(servers.get(1), "ruok")).isEqualTo("imok");
        assertThat(TestEnsemble.ask(servers.get(1), "envi")).contains("not in the whitelist");
        ProcessHandle process = supervisor.process().orElseThrow();
        supervisor.stop();

        assertThat(process.isAlive()).isFalse();
        assertThat(supervisor.process()).isEmpty();
        assertThat(directory.resolve("server.pid")).doesNotExist();
    }

    @Test
    void aServerOutlivesItsAgentAndIsAdoptedByTheNext() throws IOException {
        Supervisor first = supervise(idle());
        ProcessHandle process = first.process().orElseThrow();

        first.close();
        assertThat(process.isAlive()).isTrue();
        Supervisor second = supervise(idle());

        assertThat(second.process()).contains(process);
        process.destroyForcibly();
        await().atMost(LIMIT).until(() -> second.process().isPresent());
        assertThat(second.process().orElseThrow()).isNotEqualTo(process);
    }

    @Test
    void anotherProcessOfTheSameNumberIsNotAdopted() throws IOException {
        ProcessHandle self = ProcessHandle.current();
        Files.writeString(
                directory.resolve("server.pid"),
                self.pid() + "\n" + self.info().startInstant().orElseThrow().minusSeconds(60) + "\n");

        Supervisor supervisor = supervise(idle());

        assertThat(supervisor.process().orElseThrow()).isNotEqualTo(self);
    }

    @Test
    void aMarkThatCannotBeReadIsNoServer() throws IOException {
        Files.writeString(directory.resolve("server.pid"), "not a number\nnor an instant\n");

        assertThat(supervise(idle()).process()).isPresent();
    }

    @Test
    void aServerThatIsKilledIsStartedAgain() throws IOException {
        Supervisor supervisor = supervise(idle());
        ProcessHandle first = supervisor.process().orElseThrow();

        first.destroyForcibly();

        await().atMost(LIMIT).until(() -> supervisor.process().isPresent());
        assertThat(supervisor.process().orElseThrow()).isNotEqualTo(first);
    }

    @Test
    void aServerThatKeepsEndingIsStartedEverMoreRarely() throws IOException {
        Path starts = directory.resolve("starts");
        supervise(java(Ends.class, starts.toString()));

        await().atMost(LIMIT)
                .until(() -> Files.exists(starts) && Files.readAllLines(starts).size() == 3);

        List<Instant> at =
                Files.readAllLines(starts).stream().map(Instant::parse).toList();
        assertThat(Duration.between(at.get(0), at.get(1))).isGreaterThan(Duration.ofMillis(900));
        assertThat(Duration.between(at.get(1), at.get(2))).isGreaterThan(Duration.ofMillis(1900));
    }

    @Test
    void aProgramThatCannotBeStartedIsTriedAgain() throws IOException {
        List<String> command = new ArrayList<>(idle());
        Path java = Path.of(command.get(0));
        Path missing = directory.resolve("no-such-program");
        command.set(0, missing.toString());
        Supervisor supervisor = supervise(command);
        assertThat(supervisor.process()).isEmpty();

        Files.createSymbolicLink(missing, java);

        await().atMost(LIMIT).until(() -> supervisor.process().isPresent());
    }

    private Supervisor supervise(List<String> command) throws IOException {
        Supervisor supervisor =
                new Supervisor("ZooKeeper server", command, directory, executor, InstantSource.system());
        supervisors.add(supervisor);
        supervisor.start();
        return supervisor;
    }

    private static List<String> idle() {
        return java(Idles.class);
    }

    private static List<String> java(Class<?> main, String... arguments) {
        return JavaCommand.of(List.of(), main.getName(), List.of(arguments));
    }

    /** Runs until it is ended. */
    static final class Idles {
        private Idles() {}

        public static void main(String[] args) throws InterruptedException {
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }

    /** Writes when it was started and ends. */
    static final class Ends {
        private Ends() {}

        public static void main(String[] args) throws IOException {
            Files.writeString(
                    Path.of(args[0]),
                    Instant.now() + "\n",
                    java.nio.file.StandardOpenOption.CREATE,
                    java.nio.file.StandardOpenOption.APPEND);
        }
    }
}
