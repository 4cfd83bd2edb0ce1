package io.drover.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.drover.health.Check.Observation;
import io.drover.model.HealthLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("integration")
class CommandCheckTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @AfterEach
    void endWhatIsLeft() throws IOException {
        try (var files = Files.newDirectoryStream(folder, "*.pid")) {
            for (Path file : files) {
                process(file).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, HEALTHY, all is well, all is well",
        "1, WARNING, rebuilding, rebuilding",
        "2, CRITICAL, degraded, degraded",
        "3, FATAL, gone, gone",
        "0, HEALTHY, '', exit code 0",
        "4, CRITICAL, '', exit code 4 (expected: 0 to 3)",
        "4, CRITICAL, odd, exit code 4 (expected: 0 to 3): odd",
    })
    void exitCodeIsTheLevelAndTheFirstLineTheEvidence(int code, HealthLevel level, String output, String evidence)
            throws InterruptedException {
        assertThat(check("exit", String.valueOf(code), output)).isEqualTo(new Observation(level, evidence));
    }

    @Test
    void onlyTheFirstLineIsEvidenceWithoutControlCharactersAndCutToItsLimit() throws InterruptedException {
        String output = "\n  red \u001b[31malert" + "!".repeat(500) + "\nsecond line\n";

        Observation observation = check("exit", "2", output);

        assertThat(observation.evidence())
                .startsWith("red  [31malert!!!")
                .endsWith("!...")
                .hasSize(Evidence.LENGTH_MAX);
    }

    @Test
    void commandThatWritesMoreThanAPipeHoldsIsNotHeldUp() throws InterruptedException {
        assertThat(check("flood")).isEqualTo(new Observation(HealthLevel.WARNING, "first line"));
    }

    @Test
    void commandThatDoesNotExistIsCriticalWithTheReason() throws InterruptedException {
        Path program = folder.resolve("no-such-program");

        Observation observation = new CommandCheck(List.of(program.toString())).run();

        assertThat(observation.level()).isEqualTo(HealthLevel.CRITICAL);
        assertThat(observation.evidence()).startsWith("cannot be run: ").contains("no-such-program");
    }

    @Test
    void interruptedCommandIsDestroyedWithItsDescendants() throws IOException {
        Path pid = folder.resolve("parent.pid");
        Path childsPid = folder.resolve("child.pid");
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread checker = new Thread(() ->
                end.complete(catchThrowable(() -> check("hang-with-child", pid.toString(), childsPid.toString()))));
        checker.start();
        await().atMost(PATIENCE).until(() -> Files.exists(pid) && Files.exists(childsPid));
        ProcessHandle parent = process(pid).orElseThrow();
        ProcessHandle child = process(childsPid).orElseThrow();

        checker.interrupt();

        assertThat(end).succeedsWithin(PATIENCE).isInstanceOf(InterruptedException.class);
        await().atMost(PATIENCE).until(() -> !parent.isAlive() && !child.isAlive());
    }

    @Test
    void processThatTheCommandLeavesBehindIsNotWaitedFor() throws InterruptedException {
        Path pid = folder.resolve("left.pid");

        assertThat(check("leave-child-behind", pid.toString()))
                .isEqualTo(new Observation(HealthLevel.HEALTHY, "left a child behind"));
        await().atMost(PATIENCE).until(() -> Files.exists(pid));
    }

    private static Observation check(String... arguments) throws InterruptedException {
        return new CommandCheck(ProbeProgram.command(arguments)).run();
    }

    private static Optional<ProcessHandle> process(Path pidFile) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile)));
    }
}
