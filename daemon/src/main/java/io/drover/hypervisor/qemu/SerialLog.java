package io.drover.hypervisor.qemu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the demonstration guest has said on its serial ports: the same guest's logs from one host or several, joined in
 * the order in which its processes ran. It shows from inside whether the guest was ever restarted, whether a tick was
 * executed twice or never, and for how long it stood still.
 *
 * @param ticks in the order in which they were said
 * @param boots how often it was started from its disks
 */
public record SerialLog(List<Tick> ticks, int boots) {
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{8}) ([0-5][0-9])");
    private static final String BOOT = "BOOT";
    private static final int BYTES_READ_MAX = 64 << 20;
    private static final int LINE_BYTES = 12;
    private static final int SECONDS = 60;

    /**
     * A tick.
     *
     * @param counter ticks since the guest's start, from 1
     * @param second of the minute, by the host's clock
     */
    public record Tick(long counter, int second) {}

    /**
     * Two neighbouring ticks that do not follow each other.
     *
     * @param before counter of the earlier one
     * @param after counter of the later one
     */
    public record Break(long before, long after) {}

    /** Copies the ticks. */
    public SerialLog {
        ticks = List.copyOf(ticks);
    }

    /**
     * Reads and joins logs. Of each, the last 64 MiB.
     *
     * @param logs the log of the guest's first process first: a line may begin in one and end in the next
     */
    public static SerialLog read(List<Path> logs) throws IOException {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Path log : logs) {
            joined.writeBytes(tail(log, BYTES_READ_MAX));
        }
        List<Tick> ticks = new ArrayList<>();
        int boots = 0;
        for (String line : joined.toString(StandardCharsets.US_ASCII).split("\n", -1)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                ticks.add(new Tick(Long.parseLong(matcher.group(1), 16), Integer.parseInt(matcher.group(2))));
            } else if (line.equals(BOOT)) {
                boots++;
            }
        }
        return new SerialLog(ticks, boots);
    }

    /** The newest tick of one log, read from its end only. */
    public static Optional<Tick> last(Path log) throws IOException {
        String end = new String(tail(log, 3 * LINE_BYTES), StandardCharsets.US_ASCII);
        Matcher matcher = LINE.matcher(end.substring(0, end.lastIndexOf('\n') + 1));
        Optional<Tick> last = Optional.empty();
        while (matcher.find()) {
            last = Optional.of(new Tick(Long.parseLong(matcher.group(1), 16), Integer.parseInt(matcher.group(2))));
        }
        return last;
    }

    /** Where a tick is missing or comes again, restarts included. Empty for a guest that was never harmed. */
    public List<Break> breaks() {
        List<Break> breaks = new ArrayList<>();
        for (int i = 1; i < ticks.size(); i++) {
            long before = ticks.get(i - 1).counter();
            long after = ticks.get(i).counter();
            if (after != before + 1) {
                breaks.add(new Break(before, after));
            }
        }
        return breaks;
    }

    /**
     * The longest time for which the guest stood still: the ticks that two neighbouring seconds of the host's clock lack
     * together, since a standstill may begin in one and end in the next. Right to about two ticks; on a host that is too
     * busy to give the guest its processor, that shows too. Zero for a log of less than four seconds.
     *
     * @param hz the guest's ticks a second
     */
    public Duration longestStandstill(int hz) {
        List<Long> missing = missingPerSecond(hz);
        long longest = 0;
        for (int i = 0; i + 1 < missing.size(); i++) {
            longest = Math.max(longest, missing.get(i) + missing.get(i + 1));
        }
        return Duration.ofNanos(longest * Duration.ofSeconds(1).toNanos() / hz);
    }

    /** Ticks that each whole second lacks; a second without any tick counts for the one before it. */
    private List<Long> missingPerSecond(int hz) {
        List<Long> missing = new ArrayList<>();
        int begin = 0;
        boolean whole = false; // The first second has begun before the log.
        for (int i = 1; i < ticks.size(); i++) {
            int seconds = Math.floorMod(ticks.get(i).second() - ticks.get(begin).second(), SECONDS);
            if (seconds == 0) {
                continue;
            }
            if (whole) {
                missing.add(Math.max(0, (long) seconds * hz - (i - begin)));
            }
            whole = true;
            begin = i;
        }
        return missing;
    }

    private static byte[] tail(Path log, int bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            long from = Math.max(0, channel.size() - bytes);
            ByteBuffer end = ByteBuffer.allocate((int) Math.min(bytes, channel.size() - from));
            int more = 0;
            while (more >= 0 && end.hasRemaining()) {
                more = channel.read(end, from + end.position());
            }
            byte[] read = new byte[end.position()];
            end.flip().get(read);
            return read;
        }
    }
}
