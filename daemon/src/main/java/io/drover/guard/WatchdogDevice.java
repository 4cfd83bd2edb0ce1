package io.drover.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The watchdog of Linux (Documentation/watchdog/watchdog-api.rst): any byte feeds it; a capital V before it is closed
 * stands it down, where its driver permits that.
 */
public final class WatchdogDevice implements Watchdog {
    private final FileChannel device;

    private WatchdogDevice(FileChannel device) {
        this.device = device;
    }

    /** Opens it, which starts it. */
    public static WatchdogDevice open(Path device) throws IOException {
        return new WatchdogDevice(FileChannel.open(device, StandardOpenOption.WRITE));
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
