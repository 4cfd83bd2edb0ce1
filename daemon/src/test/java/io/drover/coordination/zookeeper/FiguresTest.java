package io.drover.coordination.zookeeper;

import static io.drover.coordination.zookeeper.ClusterFixture.get;
import static io.drover.coordination.zookeeper.ClusterFixture.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.coordination.CommitOutcome;
import io.drover.coordination.RecordStore;
import io.drover.coordination.Versioned;
import io.drover.coordination.ensemble.TestEnsemble;
import io.drover.model.VmRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Prints what the ensemble costs on this machine; only with {@code -Ddrover.figures=true}. */
@Tag("integration")
@ExtendWith(SharedEnsemble.class)
@EnabledIfSystemProperty(named = "drover.figures", matches = "true")
class FiguresTest {
    private static final int COMMITS = 1000;

    private TestEnsemble ensemble;
    private ClusterFixture fixture;

    @BeforeEach
    void connect(TestEnsemble shared) {
        ensemble = shared;
        fixture = new ClusterFixture(shared);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void oneCommitAfterAnother() {
        RecordStore records = fixture.connect("hv1").records();
        Versioned<VmRecord> seen = written(
                get(records.commit(Records.create(Records.vm("sql1").assignedTo(Records.HV1)))), Records.key("sql1"));
        long[] nanos = new long[COMMITS];
        for (int i = 0; i < COMMITS; i++) {
            long start = System.nanoTime();
            CommitOutcome outcome =
                    get(records.commit(Records.update(seen, seen.value().claimedBy(Records.HV1, i + 1))));
            nanos[i] = System.nanoTime() - start;
            seen = written(outcome, Records.key("sql1"));
        }
        // The first third warms up.
        long[] measured = Arrays.copyOfRange(nanos, COMMITS / 3, COMMITS);
        Arrays.sort(measured);
        print("commit of a VM and its assignments, median %.2f ms, 99th percentile %.2f ms"
                .formatted(measured[measured.length / 2] / 1e6, measured[measured.length * 99 / 100] / 1e6));
    }

    @Test
    void manyCommitsAtOnce() {
        RecordStore records = fixture.connect("hv1").records();
        long start = System.nanoTime();
        List<CompletionStage<CommitOutcome>> commits = new ArrayList<>();
        for (int i = 0; i < COMMITS; i++) {
            VmRecord vm = Records.vm("vm" + i).assignedTo(new io.drover.model.NodeId("hv" + i % 16));
            commits.add(records.commit(Records.create(vm)));
        }
        commits.forEach(commit -> assertThat(get(commit)).isInstanceOf(CommitOutcome.Committed.class));
        print("%d VMs assigned to 16 nodes at once in %.2f s".formatted(COMMITS, (System.nanoTime() - start) / 1e9));
    }

    @Test
    void memoryOfAServer() throws Exception {
        for (int id : ensemble.servers().keySet()) {
            Path status = Path.of(
                    "/proc/" + ensemble.supervisor(id).process().orElseThrow().pid() + "/status");
            if (Files.exists(status)) {
                print("server " + id + ": "
                        + Files.readAllLines(status).stream()
                                .filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM"))
                                .toList());
            }
        }
    }

    @Test
    void timeFromProcessStartToServing(@TempDir Path directory) {
        long start = System.nanoTime();
        try (TestEnsemble fresh = TestEnsemble.start(directory, 3)) {
            print("three servers at once, until all serve: %.2f s".formatted((System.nanoTime() - start) / 1e9));
            int id = fresh.leader().orElseThrow() % 3 + 1;
            ProcessHandle old = fresh.supervisor(id).process().orElseThrow();
            old.destroyForcibly();
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> fresh.supervisor(id)
                            .process()
                            .filter(now -> !now.equals(old))
                            .isPresent());
            long again = System.nanoTime();
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> TestEnsemble.mode(fresh.servers().get(id)).isPresent());
            print("one follower that joins a running ensemble: %.2f s".formatted((System.nanoTime() - again) / 1e9));
        }
    }

    private static void print(String line) {
        System.out.println("FIGURE " + line);
    }
}
