package io.drover.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.config.ProbeConfig.Check.Disk;
import io.drover.config.ProbeConfig.Check.FreeMemory;
import io.drover.health.Check.Observation;
import io.drover.health.MemorySource.Memory;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChecksTest {
    private static final NodeId NODE = new NodeId("node1");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1000, HEALTHY, 1000B of 1000B memory free (100.0 %)",
        "100, HEALTHY, 100B of 1000B memory free (10.0 %)",
        "99, WARNING, '99B of 1000B memory free (9.9 %), limit 10.0 %'",
        "50, WARNING, '50B of 1000B memory free (5.0 %), limit 10.0 %'",
        "49, CRITICAL, '49B of 1000B memory free (4.9 %), limit 5.0 %'",
        "0, CRITICAL, '0B of 1000B memory free (0.0 %), limit 5.0 %'",
    })
    void freeShareBelowItsLimitsIsWarningOrCritical(long free, HealthLevel level, String evidence) {
        MemoryCheck check = new MemoryCheck(() -> new Memory(free, 1000), new FreeMemory(0.10, 0.05));

        assertThat(check.run()).isEqualTo(new Observation(level, evidence));
    }

    @Test
    void unknownMemoryIsCriticalWithTheReason() {
        MemoryCheck check = new MemoryCheck(
                () -> {
                    throw new IllegalStateException("no such counter");
                },
                new FreeMemory(0.10, 0.05));

        assertThat(check.run())
                .isEqualTo(new Observation(HealthLevel.CRITICAL, "free memory is unknown: no such counter"));
    }

    @Test
    void hypervisorThatFailsToAnswerIsCriticalWithTheReason() {
        assertThat(new HypervisorCheck(() -> {}).run())
                .isEqualTo(new Observation(HealthLevel.HEALTHY, "the hypervisor answers"));
        assertThat(new HypervisorCheck(() -> {
                            throw new IllegalStateException();
                        })
                        .run())
                .isEqualTo(
                        new Observation(HealthLevel.CRITICAL, "the hypervisor does not answer: IllegalStateException"));
    }

    @Test
    void writableFolderIsJudgedByItsFreeShareAndLeftAsItWas() throws Exception {
        assertThat(new DiskCheck("disk", NODE, new Disk(folder, 0, 0)).run().level())
                .isEqualTo(HealthLevel.HEALTHY);
        assertThat(new DiskCheck("disk", NODE, new Disk(folder, 1.1, 0)).run().level())
                .isEqualTo(HealthLevel.WARNING);
        assertThat(new DiskCheck("disk", NODE, new Disk(folder, 1.1, 1.1)).run().level())
                .isEqualTo(HealthLevel.CRITICAL);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void fileLeftByAKilledAgentIsNoHindrance() throws Exception {
        Files.createFile(folder.resolve(
                ".drover-probe-node1-disk-" + ProcessHandle.current().pid()));

        assertThat(new DiskCheck("disk", NODE, new Disk(folder, 0, 0)).run().level())
                .isEqualTo(HealthLevel.HEALTHY);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void missingFolderIsCritical() throws InterruptedException {
        Path missing = folder.resolve("missing");

        assertThat(new DiskCheck("disk", NODE, new Disk(missing, 0, 0)).run())
                .isEqualTo(new Observation(HealthLevel.CRITICAL, missing + ": there is no such folder"));
    }

    @Test
    void folderThatIsAFileIsCritical() throws IOException, InterruptedException {
        Path file = Files.createFile(folder.resolve("file"));

        Observation observation = new DiskCheck("disk", NODE, new Disk(file, 0, 0)).run();

        assertThat(observation.level()).isEqualTo(HealthLevel.CRITICAL);
        assertThat(observation.evidence()).startsWith(file + " cannot be written: ");
    }
}
