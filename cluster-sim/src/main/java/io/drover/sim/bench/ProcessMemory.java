package io.drover.sim.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process holds of the memory, read from {@code /proc}: only where the system is Linux.
 *
 * @param resident bytes of it that are in memory (VmRSS), those shared with others counted in full
 * @param own bytes of these that belong to no file (RssAnon), so that nobody shares them
 */
record ProcessMemory(long resident, long own) {
    static ProcessMemory of(ProcessHandle process) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        long resident = -1;
        long own = -1;
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                resident = bytes(line);
            } else if (line.startsWith("RssAnon:")) {
                own = bytes(line);
            }
        }
        if (resident < 0 || own < 0) {
            throw new IOException(status + ": without VmRSS or RssAnon");
        }
        return new ProcessMemory(resident, own);
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
    }

    static double megabytes(long bytes) {
        return bytes / 1e6;
    }
}
