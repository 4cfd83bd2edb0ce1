package io.drover.guard;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * What agent and guard tell each other: one page of memory that both have mapped, so that neither ever waits for the
 * other and a process that is killed or stopped in the middle leaves what it said last. The file is of no use after a
 * restart of the host, and need not survive one.
 *
 * <p>The deadlines are written by the agent, under a counter that is odd while they change, with a checksum. Every other
 * word stands for itself. Safe for any thread; one process writes deadlines, and in it one thread.
 */
public final class DeadlineFile {
    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final long MAGIC = 0x64726f7665724731L;
    private static final int BYTES = 4096;
    private static final int READ_TRIES = 64;

    private static final int AT_MAGIC = 0;
    private static final int AT_BOOT = 8;
    private static final int AT_COUNT = 16;
    private static final int AT_INCARNATION = 24;
    private static final int AT_HOLD = 32;
    private static final int AT_KILL = 40;
    private static final int AT_CLEAR = 48;
    private static final int AT_CHECKSUM = 56;
    private static final int AT_HELD = 64;
    private static final int AT_STOPPED = 72;
    private static final int AT_BEAT = 80;
    private static final int AT_KILL_TIME = 88;
    private static final int AT_FRESH = 96;

    private final ByteBuffer page;

    private DeadlineFile(ByteBuffer page) {
        this.page = page;
    }

    /** The agent's side: makes the file if there is none of this run of the host. */
    public static DeadlineFile open(Path file, BootMark boot) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        DeadlineFile opened = new DeadlineFile(map(file));
        if (opened.get(AT_MAGIC) != MAGIC || !boot.isSame(new BootMark(opened.get(AT_BOOT)))) {
            opened.begin(boot);
        }
        return opened;
    }

    /**
     * The guard's side.
     *
     * @throws IOException if there is no such file, or it is not of this run of the host
     */
    public static DeadlineFile existing(Path file, BootMark boot) throws IOException {
        if (!Files.exists(file) || Files.size(file) < BYTES) {
            throw new IOException(file + ": not there; the agent makes it before it starts the guard");
        }
        DeadlineFile opened = new DeadlineFile(map(file));
        if (opened.get(AT_MAGIC) != MAGIC || !boot.isSame(new BootMark(opened.get(AT_BOOT)))) {
            throw new IOException(file + ": not of this run of the host");
        }
        return opened;
    }

    private static ByteBuffer map(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
            return mapped.order(ByteOrder.nativeOrder());
        }
    }

    private void begin(BootMark boot) {
        set(AT_MAGIC, 0);
        for (int at = AT_BOOT; at < BYTES; at += Long.BYTES) {
            set(at, 0);
        }
        set(AT_BOOT, boot.value());
        set(AT_MAGIC, MAGIC);
    }

    /** Writes the deadlines. */
    public void write(Deadlines deadlines) {
        long count = get(AT_COUNT) | 1; // An agent that was killed in the middle has left it odd.
        set(AT_COUNT, count);
        set(AT_INCARNATION, deadlines.incarnation());
        set(AT_HOLD, deadlines.holdAt());
        set(AT_KILL, deadlines.killAt());
        set(AT_CLEAR, deadlines.clearAt());
        set(AT_CHECKSUM, checksum(deadlines, count + 1));
        set(AT_COUNT, count + 1);
    }

    /**
     * The deadlines as written last.
     *
     * @return empty if none were written yet, or whoever writes them stands still in the middle of it: then those that
     *     were read before hold
     */
    public Optional<Deadlines> read() {
        for (int tries = 0; tries < READ_TRIES; tries++) {
            long count = get(AT_COUNT);
            Deadlines found = new Deadlines(get(AT_INCARNATION), get(AT_HOLD), get(AT_KILL), get(AT_CLEAR));
            long checksum = get(AT_CHECKSUM);
            if (count == 0) {
                return Optional.empty();
            }
            boolean isWhole = (count & 1) == 0 && get(AT_COUNT) == count && checksum == checksum(found, count);
            if (isWhole) {
                return Optional.of(found);
            }
            Thread.onSpinWait();
        }
        return Optional.empty();
    }

    private static long checksum(Deadlines deadlines, long count) {
        long sum = count;
        for (long word :
                new long[] {deadlines.incarnation(), deadlines.holdAt(), deadlines.killAt(), deadlines.clearAt()}) {
            sum = Long.rotateLeft(sum * 0x9E3779B97F4A7C15L + word, 31);
        }
        return sum;
    }

    /** Whether guests that are paused are held by the lease, and not by a person. */
    public boolean isHeld() {
        return get(AT_HELD) != 0;
    }

    /** Set before the first guest is held, by whoever holds it; cleared by the agent once none is held any more. */
    public void setHeld(boolean held) {
        set(AT_HELD, held ? 1 : 0);
    }

    /** Whether the agent has stopped as it was told to, and has not been started again. */
    public boolean isStopped() {
        return get(AT_STOPPED) != 0;
    }

    /** The agent stops, or has started. */
    public void setStopped(boolean stopped) {
        set(AT_STOPPED, stopped ? 1 : 0);
    }

    /** When the guard last looked, by the monotonic clock; 0 if it never did. */
    public long beat() {
        return get(AT_BEAT);
    }

    /** The guard looks. */
    public void setBeat(long now) {
        set(AT_BEAT, now);
    }

    /**
     * How long the hardest way of ending a guest takes by the cluster's settings; zero until {@link #setTerms} was called.
     */
    public Duration killTime() {
        return Duration.ofNanos(get(AT_KILL_TIME));
    }

    /**
     * What is left until {@link Deadlines#killAt} at the least on a node whose renewals get through; zero until {@link
     * #setTerms} was called.
     */
    public Duration fresh() {
        return Duration.ofNanos(get(AT_FRESH));
    }

    /** The cluster's settings have these lengths. */
    public void setTerms(Duration killTime, Duration fresh) {
        set(AT_KILL_TIME, killTime.toNanos());
        set(AT_FRESH, fresh.toNanos());
    }

    private long get(int at) {
        return (long) WORD.getVolatile(page, at);
    }

    private void set(int at, long value) {
        WORD.setVolatile(page, at, value);
    }
}
