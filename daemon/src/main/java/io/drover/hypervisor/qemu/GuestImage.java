package io.drover.hypervisor.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Floppy images of the demonstration guest: one boot sector, assembled when Drover was built from
 * {@code src/main/guest/guest.S}, that counts on its serial port ({@link SerialLog}) and on its first disk
 * ({@link GuestDisk}). Only the parameters at the end of the sector differ from image to image.
 */
public final class GuestImage {
    /** Sectors of its disk in which a guest writes round: the first MiB. */
    public static final int DISK_SECTORS = 2048;

    private static final String RESOURCE = "/guest/guest.bin";
    private static final int SECTOR_BYTES = 512;
    private static final int FLOPPY_BYTES = 1_474_560;
    private static final int PAGE_BYTES = 4096;
    private static final long WORKING_SET_MAX = 3L << 30;
    private static final int DISK_SECTORS_MAX = 65_536;

    /** Frequency of the timer of a PC; its divisor has 16 bits, which sets the lowest rate. */
    private static final int TIMER_HZ = 1_193_182;

    private static final int HZ_MIN = 19;
    private static final int HZ_MAX = 2000;

    // Where guest.S keeps its parameters.
    private static final String MARK = "DRVG";
    private static final int MARK_OFFSET = 0x1e4;
    private static final int PAGES = 0x1e8;
    private static final int WORKING_SET = 0x1ec;
    private static final int SECTORS = 0x1f0;
    private static final int DIVISOR = 0x1f4;
    private static final int FLAGS = 0x1f6;

    private GuestImage() {}

    /**
     * Writes an image of a guest that writes round in the first {@link #DISK_SECTORS} of its disk, if it has one.
     *
     * @see #write(Path, int, int, long, boolean, int)
     */
    public static void write(Path image, int hz, int pagesPerTick, long workingSetBytes, boolean fill)
            throws IOException {
        write(image, hz, pagesPerTick, workingSetBytes, fill, DISK_SECTORS);
    }

    /**
     * Writes an image, over an older one if there is one.
     *
     * @param image the file
     * @param hz ticks a second, 19 to 2000
     * @param pagesPerTick pages of 4 KiB that are written to at each tick, at least 0
     * @param workingSetBytes memory in which these pages lie, from 1 MiB upwards: a multiple of 4096, at least 4096 and
     *     at most 3 GiB; the guest needs at least 1 MiB more
     * @param fill whether all of the working set is written to at the start, so that a migration has to send it
     * @param diskSectors sectors of its first disk that it may overwrite, from the first; 0: none; at most 65536
     * @throws IllegalArgumentException if a value is out of its range
     * @throws IOException if the file cannot be written
     */
    public static void write(Path image, int hz, int pagesPerTick, long workingSetBytes, boolean fill, int diskSectors)
            throws IOException {
        check("hz", hz, HZ_MIN, HZ_MAX);
        check("pagesPerTick", pagesPerTick, 0, Integer.MAX_VALUE);
        check("workingSetBytes", workingSetBytes, PAGE_BYTES, WORKING_SET_MAX);
        check("diskSectors", diskSectors, 0, DISK_SECTORS_MAX);
        if (workingSetBytes % PAGE_BYTES != 0) {
            throw new IllegalArgumentException(
                    "workingSetBytes: " + workingSetBytes + " (expected: a multiple of " + PAGE_BYTES + ")");
        }
        byte[] assembled = assembled();
        ByteBuffer sector = ByteBuffer.wrap(assembled).order(ByteOrder.LITTLE_ENDIAN);
        sector.putInt(PAGES, pagesPerTick);
        sector.putInt(WORKING_SET, (int) workingSetBytes);
        sector.putInt(SECTORS, diskSectors);
        sector.putShort(DIVISOR, (short) Math.round((double) TIMER_HZ / hz));
        sector.putShort(FLAGS, (short) (fill ? 1 : 0));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(FLOPPY_BYTES);
            file.write(assembled);
        }
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    private static byte[] assembled() throws IOException {
        try (InputStream resource = GuestImage.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IOException("the program lacks its demonstration guest " + RESOURCE
                        + " (expected: made by the build from src/main/guest/guest.S)");
            }
            byte[] sector = resource.readAllBytes();
            String mark = sector.length == SECTOR_BYTES
                    ? new String(sector, MARK_OFFSET, MARK.length(), StandardCharsets.US_ASCII)
                    : "";
            if (!mark.equals(MARK)) {
                throw new IOException("demonstration guest " + RESOURCE + ": not an image of it");
            }
            return sector;
        }
    }
}
