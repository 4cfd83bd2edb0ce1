package io.drover.sim.hyperv;

import static org.assertj.core.api.Assertions.assertThat;

import io.drover.sim.hyperv.storage.GuestTruth;
import io.drover.sim.hyperv.storage.Tick;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge judges right. */
class GuestTruthTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private Path disk;
    private int seconds;

    @BeforeEach
    void disk() throws Exception {
        disk = folder.resolve("a.vhdx");
        Files.writeString(disk, "emulated vhdx\n");
    }

    private void tick(long boot, long counter, String host) {
        GuestTruth.write(disk, new Tick("A", boot, counter, host, BEGIN.plusSeconds(seconds++)));
    }

    @Test
    void moveIsNoRestartAndNoDouble() {
        tick(1, 0, "HV1");
        tick(1, 1, "HV2");
        tick(1, 2, "HV1");
        GuestTruth truth = GuestTruth.read(folder);
        assertThat(truth.doubles()).isEmpty();
        assertThat(truth.restarts("A")).isZero();
        assertThat(truth.hosts("A")).containsExactly("HV1", "HV2", "HV1");
        assertThat(truth.lastAt("A")).contains(BEGIN.plusSeconds(2));
    }

    @Test
    void startIsARestart() {
        tick(1, 0, "HV1");
        tick(2, 0, "HV2");
        assertThat(GuestTruth.read(folder).restarts("A")).isEqualTo(1);
        assertThat(GuestTruth.read(folder).doubles()).isEmpty();
        assertThat(GuestTruth.lastBoot(disk)).isEqualTo(2);
    }

    @Test
    void twoCopiesOfOneMemoryAreADouble() {
        tick(1, 0, "HV1");
        tick(1, 1, "HV1");
        tick(1, 1, "HV2");
        assertThat(GuestTruth.read(folder).doubles()).hasSize(1);
    }

    @Test
    void oldStartThatSpeaksAfterANewOneIsADouble() {
        tick(1, 0, "HV1");
        tick(2, 0, "HV2");
        tick(1, 1, "HV1");
        assertThat(GuestTruth.read(folder).doubles()).hasSize(1);
    }

    @Test
    void copyOfADiskCountsOnce() throws Exception {
        tick(1, 0, "HV1");
        Files.copy(disk, folder.resolve("b.vhdx"));
        disk = folder.resolve("b.vhdx");
        tick(1, 1, "HV2");
        GuestTruth truth = GuestTruth.read(folder);
        assertThat(truth.ticks("A")).hasSize(2);
        assertThat(truth.doubles()).isEmpty();
    }
}
