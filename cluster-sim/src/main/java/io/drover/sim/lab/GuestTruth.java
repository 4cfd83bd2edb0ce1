package io.drover.sim.lab;

import io.drover.hypervisor.qemu.GuestDisk;
import io.drover.hypervisor.qemu.SerialLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one guest itself has left behind, on its serial ports and its disk, since it was added.
 *
 * @param vm its name
 * @param said its serial logs of all nodes, joined in the order in which they were written
 * @param diskGaps where the counters on its disk do not follow each other: ticks that were never written, or twice
 * @param diskHeld whether a QEMU holds the lock on its disk
 */
record GuestTruth(String vm, SerialLog said, List<String> diskGaps, boolean diskHeld) {
    /** QEMU locks single bytes of an image from here on, one for each permission that it has (file-posix.c). */
    private static final long LOCKED_BYTES = 100;

    private static final int PERMISSIONS = 64;

    static GuestTruth of(String vm, List<Path> folders, Path disk, int sectors) {
        try {
            List<Path> logs = new ArrayList<>();
            for (Path folder : folders) {
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> files = Files.list(folder)) {
                        files.filter(file -> file.getFileName().toString().startsWith("serial-"))
                                .forEach(logs::add);
                    }
                }
            }
            // A guest writes to one log at a time: the order of their last lines is that of its processes.
            logs.sort(Comparator.comparing(GuestTruth::lastWritten));
            return new GuestTruth(vm, SerialLog.read(logs), gaps(GuestDisk.counters(disk, sectors)), isHeld(disk));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static java.nio.file.attribute.FileTime lastWritten(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The most ticks that the guest said in one second of the host's clock: it must not run away. */
    long mostTicksInASecond() {
        long most = 0;
        long inSecond = 0;
        int second = -1;
        for (SerialLog.Tick tick : said.ticks()) {
            inSecond = tick.second() == second ? inSecond + 1 : 1;
            second = tick.second();
            most = Math.max(most, inSecond);
        }
        return most;
    }

    private static List<String> gaps(List<Long> counters) {
        List<String> gaps = new ArrayList<>();
        for (int i = 1; i < counters.size(); i++) {
            if (counters.get(i) - counters.get(i - 1) != GuestDisk.TICKS_PER_SECTOR) {
                gaps.add(counters.get(i - 1) + " to " + counters.get(i));
            }
        }
        return gaps;
    }

    private static boolean isHeld(Path disk) throws IOException {
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock(LOCKED_BYTES, PERMISSIONS, false)) {
            return lock == null;
        }
    }
}
