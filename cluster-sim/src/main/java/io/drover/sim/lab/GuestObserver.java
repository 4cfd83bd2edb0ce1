package io.drover.sim.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Watches the serial logs of all guests below a folder while they grow, and notes when each tick arrived. A guest says a
 * counter each tick, so the time between two neighbouring ticks is what the guest itself lived through: across a
 * migration, its blackout. Begins with what is said after the start of the observation.
 *
 * <p>Used by one thread.
 */
public final class GuestObserver {
    /** New log files are looked for this often; a file that appears is read from its begin. */
    private static final long RESCAN_NANOS = Duration.ofMillis(20).toNanos();

    /** Between two looks at the files: the resolution of an arrival. */
    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();

    private final Path root;
    private final Map<Path, Log> logs = new TreeMap<>();
    private final Map<String, Track> tracks = new TreeMap<>();

    /** Over all {@code <node>/guests/<vm>/serial-N.log} below a folder. */
    public GuestObserver(Path root) {
        this.root = root;
    }

    /**
     * Watches until it is told to stop.
     *
     * @throws UncheckedIOException if a log cannot be read
     */
    public Observation observe(BooleanSupplier stop) {
        scan(true);
        long nextScan = System.nanoTime() + RESCAN_NANOS;
        while (!stop.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            logs.values().forEach(this::read);
            if (System.nanoTime() >= nextScan) {
                scan(false);
                nextScan = System.nanoTime() + RESCAN_NANOS;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(PAUSE_NANOS);
        }
        logs.values().forEach(this::read);
        return new Observation(tracks.values().stream().map(Track::result).toList());
    }

    private void scan(boolean first) {
        SerialLogs.below(root, 5).stream()
                .filter(file -> !logs.containsKey(file))
                .forEach(file -> logs.put(file, open(file, first)));
    }

    private Log open(Path file, boolean skipPast) {
        String vm = root.relativize(file)
                .getName(root.relativize(file).getNameCount() - 2)
                .toString();
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            long begin = skipPast ? channel.size() : 0;
            return new Log(tracks.computeIfAbsent(vm, Track::new), channel, begin);
        } catch (IOException e) {
            throw new UncheckedIOException("serial log " + file, e);
        }
    }

    private void read(Log log) {
        try {
            log.buffer.clear();
            int count = log.channel.read(log.buffer, log.position);
            if (count > 0) {
                log.position += count;
                String text = new String(log.buffer.array(), 0, count, StandardCharsets.US_ASCII);
                log.take(text, System.nanoTime());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("serial log of " + log.track.vm, e);
        }
    }

    /** One file as it grows. */
    private static final class Log {
        private final Track track;
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        private final StringBuilder line = new StringBuilder();
        private long position;

        Log(Track track, FileChannel channel, long position) {
            this.track = track;
            this.channel = channel;
            this.position = position;
        }

        void take(String text, long now) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c != '\n') {
                    line.append(c);
                    continue;
                }
                track.line(this, line.toString(), now);
                line.setLength(0);
            }
        }
    }

    /** One guest, over all its logs. */
    private static final class Track {
        private final String vm;
        private final List<Observation.Move> moves = new ArrayList<>();
        private long ticks;
        private long last = -1;
        private long lastAt;
        private Log lastLog;
        private long longestElsewhere;
        private int boots;
        private int repeated;
        private int lost;

        @SuppressWarnings("NullAway.Init") // there is no log before the first tick
        Track(String vm) {
            this.vm = vm;
        }

        void line(Log log, String line, long now) {
            if (line.equals("BOOT")) {
                boots++;
                last = -1;
                return;
            }
            long counter = counter(line);
            if (counter < 0) {
                return;
            }
            ticks++;
            if (last >= 0) {
                compare(log, counter, now);
            }
            last = counter;
            lastAt = now;
            lastLog = log;
        }

        private void compare(Log log, long counter, long now) {
            long gap = now - lastAt;
            if (counter <= last) {
                repeated++;
            } else if (log != lastLog) {
                // A line that begins in one log and ends in the other is not whole in either: one tick may be unread.
                moves.add(new Observation.Move(last, counter, gap));
            } else {
                lost += (int) Math.max(0, counter - last - 1);
                longestElsewhere = Math.max(longestElsewhere, gap);
            }
        }

        private static long counter(String line) {
            try {
                return line.length() >= 8 ? Long.parseLong(line.substring(0, 8), 16) : -1;
            } catch (NumberFormatException e) {
                return -1;
            }
        }

        Observation.Guest result() {
            return new Observation.Guest(vm, ticks, boots, repeated, lost, longestElsewhere, moves);
        }
    }
}
