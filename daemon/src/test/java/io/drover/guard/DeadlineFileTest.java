package io.drover.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadlineFileTest {
    private static final BootMark BOOT = new BootMark(5L << 40);
    private static final Deadlines SOME = new Deadlines(7, -30, -20, Long.MAX_VALUE);

    @TempDir
    private Path folder;

    @Test
    void guardReadsWhatTheAgentWrote() throws IOException {
        DeadlineFile agents = DeadlineFile.open(file(), BOOT);
        DeadlineFile guards = DeadlineFile.existing(file(), BOOT);
        assertThat(guards.read()).isEmpty();

        agents.write(SOME);
        guards.setHeld(true);
        agents.setStopped(true);
        guards.setBeat(-5);

        assertThat(guards.read()).contains(SOME);
        assertThat(agents.isHeld()).isTrue();
        assertThat(guards.isStopped()).isTrue();
        assertThat(agents.beat()).isEqualTo(-5);
    }

    @Test
    void nextAgentOfTheSameRunFindsWhatTheLastOneLeft() throws IOException {
        DeadlineFile.open(file(), BOOT).write(SOME);

        assertThat(DeadlineFile.open(file(), BOOT).read()).contains(SOME);
    }

    @Test
    void nothingIsLeftAfterARestartOfTheHost() throws IOException {
        DeadlineFile before = DeadlineFile.open(file(), BOOT);
        before.write(SOME);
        before.setHeld(true);
        BootMark later = new BootMark(6L << 40);

        assertThatThrownBy(() -> DeadlineFile.existing(file(), later)).hasMessageContaining("not of this run");
        DeadlineFile after = DeadlineFile.open(file(), later);
        assertThat(after.read()).isEmpty();
        assertThat(after.isHeld()).isFalse();
    }

    @Test
    void whatIsHalfWrittenIsNotRead() throws IOException {
        DeadlineFile agents = DeadlineFile.open(file(), BOOT);
        agents.write(SOME);
        try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            ByteBuffer other =
                    ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, 99);
            channel.write(other, 40);
        }

        assertThat(agents.read()).isEmpty();
        agents.write(SOME);
        assertThat(agents.read()).contains(SOME);
    }

    @Test
    void readerNeverSeesAMixtureOfTwoWrites() throws Exception {
        DeadlineFile agents = DeadlineFile.open(file(), BOOT);
        DeadlineFile guards = DeadlineFile.existing(file(), BOOT);
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (long i = 1; i < 200_000; i++) {
                agents.write(new Deadlines(i, i, i, i));
            }
            done.set(true);
        });
        writer.start();
        long seen = 0;
        while (!done.get()) {
            Deadlines found = guards.read().orElse(new Deadlines(0, 0, 0, 0));
            assertThat(found).isEqualTo(new Deadlines(found.killAt(), found.killAt(), found.killAt(), found.killAt()));
            seen = Math.max(seen, found.killAt());
        }
        writer.join();
        assertThat(guards.read().orElseThrow().killAt()).isEqualTo(199_999).isGreaterThanOrEqualTo(seen);
    }

    @Test
    void timesOfBootAreComparedWithTolerance() {
        assertThat(new BootMark(1000).isSame(new BootMark(1015))).isTrue();
        assertThat(new BootMark(1000).isSame(new BootMark(1030))).isFalse();
        assertThat(BOOT.isSame(new BootMark(BOOT.value() + 1))).isFalse();
    }

    private Path file() {
        return folder.resolve("deadlines");
    }
}
