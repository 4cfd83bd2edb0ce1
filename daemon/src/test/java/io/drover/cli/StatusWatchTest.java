package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusWatchTest {
    @TempDir
    private Path home;

    @Test
    void redrawsUntilItIsInterruptedAndEndsWithTheLastVerdict() throws IOException, InterruptedException {
        try (FakeCluster cluster = new FakeCluster().status(Samples.status())) {
            Run run = new Run(home).agents(cluster.address()).withColours();
            AtomicReference<Run.Result> result = new AtomicReference<>();
            Thread watcher = new Thread(() -> result.set(run.drover("status", "--watch=20ms")), "watcher");
            watcher.start();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> cluster.requests().size() >= 3);
            watcher.interrupt();
            watcher.join(Duration.ofSeconds(30).toMillis());
            assertThat(result.get().exit()).isEqualTo(1);
            assertThat(result.get().out().split("\u001b\\[H\u001b\\[2J", -1).length)
                    .isGreaterThan(2);
        }
    }
}
