package io.drover.hypervisor.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SerialLogTest {
    private static final int HZ = 100;

    @TempDir
    Path folder;

    @Test
    void logsOfTwoProcessesAreOneStoryEvenIfTheCutIsInsideALine() throws IOException {
        Path first = write("1", "BOOT\n00000001 59\n00000002 59\n0000");
        Path second = write("2", "0003 00\n00000004 00\n");
        SerialLog log = SerialLog.read(List.of(first, second));
        assertThat(log.boots()).isEqualTo(1);
        assertThat(log.ticks()).extracting(SerialLog.Tick::counter).containsExactly(1L, 2L, 3L, 4L);
        assertThat(log.breaks()).isEmpty();
        assertThat(SerialLog.last(first)).contains(new SerialLog.Tick(2, 59));
        assertThat(SerialLog.last(second)).contains(new SerialLog.Tick(4, 0));
        assertThat(SerialLog.last(write("3", "BOOT\n"))).isEmpty();
        assertThat(SerialLog.last(write("4", ""))).isEmpty();
    }

    @Test
    void repeatedMissingAndRestartedTicksAreShown() throws IOException {
        Path log = write("1", "BOOT\n00000009 01\n0000000a 01\n0000000a 01\n0000000c 01\nBOOT\n00000001 02\n");
        SerialLog read = SerialLog.read(List.of(log));
        assertThat(read.breaks())
                .containsExactly(new SerialLog.Break(10, 10), new SerialLog.Break(10, 12), new SerialLog.Break(12, 1));
        assertThat(read.boots()).isEqualTo(2);
    }

    @Test
    void guestThatNeverStoodStillShowsNoStandstill() throws IOException {
        assertThat(standstill(0, 0)).isZero();
    }

    @Test
    void standstillIsWhatTheSecondsLack() throws IOException {
        assertThat(standstill(0, 20)).isEqualTo(Duration.ofMillis(200));
        assertThat(standstill(30, 20)).as("over the edge of a second").isEqualTo(Duration.ofMillis(500));
        assertThat(standstill(2 * HZ, 0)).as("longer than a second").isGreaterThan(Duration.ofMillis(1900));
    }

    /** Ten seconds, the fifth and sixth of which lack ticks. */
    private Duration standstill(int lackingInFifth, int lackingInSixth) throws IOException {
        StringBuilder text = new StringBuilder();
        int counter = 0;
        int carried = 0;
        for (int second = 0; second < 10; second++) {
            int lacking = carried + (second == 4 ? lackingInFifth : 0) + (second == 5 ? lackingInSixth : 0);
            carried = Math.max(0, lacking - HZ);
            for (int tick = lacking; tick < HZ; tick++) {
                text.append(String.format(Locale.ROOT, "%08x %02d%n", ++counter, (second + 55) % 60));
            }
        }
        return SerialLog.read(List.of(write("x", text.toString()))).longestStandstill(HZ);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text.replace("\r", ""));
    }
}
