package io.drover.sim.bench;

import io.drover.hypervisor.qemu.GuestImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What both guests are made of.
 *
 * @param memory bytes
 * @param touched bytes of it that the guest fills at its start and goes on to write in
 */
record GuestPlan(long memory, long touched) {
    /** Ticks a second that it says. */
    private static final int HZ = 100;

    private static final int PAGES_PER_TICK = 4;
    private static final long DISK = 1 << 20;

    /** Writes what it boots from. */
    Path image(Path folder) throws IOException {
        Path image = Files.createDirectories(folder).resolve("boot.img");
        GuestImage.write(image, HZ, PAGES_PER_TICK, touched, true);
        return image;
    }

    /** Makes its disk. */
    Path disk(Path folder) throws IOException {
        Path disk = Files.createDirectories(folder).resolve("disk.raw");
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(DISK);
        }
        return disk;
    }
}
