package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.proto.v1.MoveProgressOfVm;
import io.drover.proto.v1.OperationState;
import io.drover.proto.v1.Severity;
import io.drover.proto.v1.WatchOperationRequest;
import io.drover.proto.v1.WatchOperationResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WatchTest {
    private static final WatchOperationResponse RUNNING = WatchOperationResponse.newBuilder()
            .setOperation(Samples.drain(OperationState.OPERATION_STATE_RUNNING))
            .addProgress(MoveProgressOfVm.newBuilder().setVm("web1").setProgress(Samples.progress()))
            .build();
    private static final WatchOperationResponse COMPLETED = WatchOperationResponse.newBuilder()
            .setOperation(Samples.drain(OperationState.OPERATION_STATE_COMPLETED))
            .build();

    @TempDir
    private Path home;

    private FakeCluster cluster;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void withoutATerminalItPrintsOneLineForEachChangeAndNoneForWhatStaysTheSame() {
        cluster.pictures(RUNNING, RUNNING, COMPLETED);
        Run.Result result = run().drover("op", "watch", "op-7");
        assertThat(result.exit()).isZero();
        assertThat(result.err()).isEqualTo("""
                        12:00:00  sql1: done (live node1 -> node2), blackout 38 ms, took 1.2 s
                        12:00:00  web1: running (live node1 -> node2)
                        12:00:00  web2: waiting: waiting for a slot on node2
                        12:00:00  drain of node1: Completed, node1 is empty
                        drain of node1 completed in 12 s: node1 is empty
                        """);
    }

    @Test
    void onATerminalItDrawsABarWithRateAndTimeLeft() {
        cluster.pictures(RUNNING, COMPLETED);
        Run.Result result = run().withColours().drover("op", "watch", "op-7");
        assertThat(result.err())
                .contains("drain of node1: 1 of 3 done, 1 moving, 1 waiting, 12 s, deadline in 5 min")
                .contains("  web1  [#########...........] 48 %  -> node2  96 MiB/s  16 s left")
                .contains("  web2  waiting                      waiting for a slot on node2")
                .contains("\u001b[4A")
                .contains("  sql1  [####################] done  -> node2  blackout 38 ms");
    }

    @Test
    void goesOnWithAnotherAgentWhenTheOneItWatchedDies() throws IOException {
        cluster.pictures(RUNNING).breakWatch();
        try (FakeCluster other = new FakeCluster().pictures(RUNNING, COMPLETED)) {
            Run.Result result =
                    new Run(home).agents(cluster.address(), other.address()).drover("op", "watch", "op-7");
            assertThat(result.exit()).isZero();
            assertThat(result.err())
                    .contains("lost contact with agent " + cluster.address() + ", going on with " + other.address());
        }
    }

    @Test
    void givesUpWhenNoAgentCanBeAskedAnyMore() {
        cluster.close();
        assertThat(run().drover("op", "watch", "op-7", "--timeout", "300ms").exit())
                .isEqualTo(6);
    }

    @Test
    void jsonOnStandardOutputIsNotMixedWithProgress() {
        cluster.pictures(RUNNING, COMPLETED);
        Run.Result result = run().drover("op", "watch", "op-7", "-o", "json");
        assertThat(result.out()).startsWith("{\n  \"id\" : \"op-7\"").contains("\"state\" : \"Completed\"");
    }

    @Test
    void followedEventsAreShownOnceEvenWhenTheStreamIsOpenedAnew() throws InterruptedException {
        cluster.events(
                Samples.event(1, Severity.SEVERITY_INFO, "drain has begun"),
                Samples.event(2, Severity.SEVERITY_WARNING, "web2 waits"));
        AtomicReference<Run.Result> result = new AtomicReference<>();
        Thread follower = new Thread(() -> result.set(run().drover("events", "--follow", "-o", "json")), "follower");
        follower.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> cluster.requests().size() >= 3);
        follower.interrupt();
        follower.join(Duration.ofSeconds(30).toMillis());
        assertThat(result.get().out().lines())
                .as("one JSON text a line")
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"at\":\"2026-11-23T11:59:0"));
    }

    @Tag("integration")
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be sent Ctrl-C there by another")
    @Test
    void ctrlCStopsTheWatchingAndSaysThatTheOperationGoesOn() throws Exception {
        cluster.pictures(RUNNING).holdWatch();
        Process process = droverProcess("op", "watch", "op-7", "--agents", cluster.address());
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(home.resolve("err")).contains("web1: running"));
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(home.resolve("err"))).endsWith("""
                        stopped watching; drain of node1 goes on
                          watch it again: drover op watch op-7
                          stop it:        drover op cancel op-7
                        """);
        assertThat(cluster.requests()).hasOnlyElementsOfType(WatchOperationRequest.class);
    }

    private Process droverProcess(String... args) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.drover.cli.Drover");
        builder.command().addAll(List.of(args));
        return builder.redirectOutput(home.resolve("out").toFile())
                .redirectError(home.resolve("err").toFile())
                .start();
    }

    private Run run() {
        return new Run(home).agents(cluster.address());
    }
}
