package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.guard.BootMark;
import io.drover.guard.DeadlineFile;
import io.drover.guard.Deadlines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard as a process, with a file in the place of the watchdog's device. */
@Tag("integration")
class GuardProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private Path device;
    private Path config;
    private DeadlineFile file;
    private Process guard;

    @BeforeEach
    void begin() throws IOException {
        device = Files.createFile(folder.resolve("watchdog"));
        config = Files.writeString(folder.resolve("agent.yaml"), """
                cluster: c
                node: node1
                dataDirectory: data
                zookeeper: {connect: '127.0.0.1:1'}
                hypervisor: {type: simulated, directory: guests, memory: 1GiB}
                watchdog: {device: watchdog, timeout: 2s}
                """);
        Files.createDirectories(folder.resolve("guests"));
        BootMark boot = BootMark.now(InstantSource.system(), System.nanoTime());
        file = DeadlineFile.open(GuardProcess.deadlines(folder.resolve("data")), boot);
        file.setTerms(Duration.ofSeconds(1), Duration.ofSeconds(30));
        leaseEndsIn(Duration.ofMinutes(5));
        guard = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.drover.cli.Drover",
                        "guard",
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    @AfterEach
    void end() {
        guard.destroyForcibly().onExit().join();
    }

    private void leaseEndsIn(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        file.write(new Deadlines(1, end - 500_000_000L, end, end + 6_000_000_000L));
    }

    private long fed() {
        return device.toFile().length();
    }

    @Test
    void watchdogIsFedWhileTheLeaseLivesAndStoodDownWhenTheGuardIsToldToEnd() throws Exception {
        awaitFed();

        guard.destroy();
        assertThat(guard.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as(log()).isTrue();

        assertThat(Files.readString(device)).endsWith("V").startsWith("\0\0").containsOnlyOnce("V");
        assertThat(log()).contains("ends: told to");
    }

    @Test
    void guardThatIsKilledLeavesTheWatchdogArmed() throws IOException {
        awaitFed();

        guard.destroyForcibly().onExit().join();

        assertThat(Files.readString(device)).doesNotContain("V");
    }

    private void awaitFed() {
        long before = fed();
        await("the watchdog is fed").atMost(LIMIT).until(() -> fed() > before + 3);
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }
}
