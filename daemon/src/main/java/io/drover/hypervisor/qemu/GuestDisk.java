package io.drover.hypervisor.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What the demonstration guest has left on its raw disk: proof of which of its ticks were executed. */
public final class GuestDisk {
    /** A guest writes its counter once in this many ticks. */
    public static final int TICKS_PER_SECTOR = 16;

    private static final int SECTOR_BYTES = 512;

    private GuestDisk() {}

    /**
     * The counters on a disk, ascending: each a multiple of {@link #TICKS_PER_SECTOR}. While the guest has not gone
     * round, they follow each other without a gap.
     *
     * @param disk a raw image
     * @param sectors how many sectors the guest may use, as {@link GuestImage} was told
     */
    public static List<Long> counters(Path disk, int sectors) throws IOException {
        ByteBuffer written = ByteBuffer.allocate(sectors * SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.READ)) {
            int more = 0;
            while (more >= 0 && written.hasRemaining()) {
                more = channel.read(written);
            }
        }
        List<Long> counters = new ArrayList<>();
        for (int at = 0; at + SECTOR_BYTES <= written.position(); at += SECTOR_BYTES) {
            long counter = Integer.toUnsignedLong(written.getInt(at));
            if (counter != 0) {
                counters.add(counter);
            }
        }
        Collections.sort(counters);
        return counters;
    }
}
