package io.drover.health;

import io.drover.config.ProbeConfig;
import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Whether a folder takes a file and gives it back, and the free share of its volume. */
final class DiskCheck implements Check {
    // One block of a usual file system: enough to make it allocate and write.
    private static final int BYTES = 4096;

    private final ProbeConfig.Check.Disk limits;
    private final Path file;

    /**
     * Of a probe.
     *
     * @param probe its name
     * @param node whose probe it is: agents of several nodes may check one shared folder, and have the same process id
     */
    DiskCheck(String probe, NodeId node, ProbeConfig.Check.Disk limits) {
        this.limits = limits;
        this.file = limits.path()
                .resolve(".drover-probe-" + node + "-" + probe + "-"
                        + ProcessHandle.current().pid());
    }

    @Override
    public HealthLevel unanswered() {
        return limits.worst();
    }

    @Override
    public Observation run() throws InterruptedException {
        Observation seen = look();
        return new Observation(seen.level().atMost(limits.worst()), seen.evidence());
    }

    private Observation look() throws InterruptedException {
        try {
            writeAndReadBack();
            FileStore volume = Files.getFileStore(limits.path());
            return FreeShare.judge(
                    limits.path().toString(),
                    volume.getUsableSpace(),
                    volume.getTotalSpace(),
                    limits.warningBelow(),
                    limits.criticalBelow());
        } catch (ClosedByInterruptException e) {
            throw (InterruptedException) new InterruptedException("writing " + file).initCause(e);
        } catch (NoSuchFileException e) {
            return new Observation(HealthLevel.CRITICAL, limits.path() + ": there is no such folder");
        } catch (IOException e) {
            return new Observation(HealthLevel.CRITICAL, limits.path() + " cannot be written: " + Evidence.of(e));
        }
    }

    private void writeAndReadBack() throws IOException {
        byte[] written = new byte[BYTES];
        new SplittableRandom().nextBytes(written);
        // What an agent left that was killed while it checked.
        Files.deleteIfExists(file);
        // Only a new file: where others may write, too, a link of theirs must not be followed.
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            ByteBuffer source = ByteBuffer.wrap(written);
            while (source.hasRemaining()) {
                channel.write(source);
            }
            channel.force(true);
            ByteBuffer target = ByteBuffer.allocate(BYTES);
            int read = 0;
            while (target.hasRemaining() && read >= 0) {
                read = channel.read(target, target.position());
            }
            if (!Arrays.equals(written, target.array())) {
                throw new IOException("what was read back is not what was written");
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
