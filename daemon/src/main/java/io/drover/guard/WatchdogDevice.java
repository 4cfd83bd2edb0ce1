package io.drover.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * The watchdog of Linux (Documentation/watchdog/watchdog-api.rst): any byte feeds it; a capital V before it is closed
 * stands it down, where its driver permits that.
 */
public final class WatchdogDevice implements Watchdog {
    private final FileChannel device;

    /** Where the kernel says what it knows of watchdogs (Documentation/ABI/testing/sysfs-class-watchdog). */
    public static final Path FACTS = Path.of("/sys/class/watchdog");

    private WatchdogDevice(FileChannel device) {
        this.device = device;
    }

    /** Opens it, which starts it. */
    public static WatchdogDevice open(Path device) throws IOException {
        return new WatchdogDevice(FileChannel.open(device, StandardOpenOption.WRITE));
    }

    /**
     * After which time it resets the host, as the kernel says.
     *
     * @param facts {@link #FACTS}
     * @return empty if the kernel says nothing of it
     */
    public static Optional<Duration> timeout(Path facts, Path device) {
        String name = device.getFileName().toString();
        // The first one has an old name besides its own.
        Path file = facts.resolve(name.equals("watchdog") ? "watchdog0" : name).resolve("timeout");
        try {
            return Files.exists(file)
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(
                            Files.readString(file, StandardCharsets.US_ASCII).strip())))
                    : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public void feed() throws IOException {
        write("\0");
    }

    @Override
    public void release() throws IOException {
        write("V");
        device.close();
    }

    private void write(String what) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(what.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            device.write(bytes);
        }
    }
}
