package io.drover.cli.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The process of one agent, known by its number and the moment of its start, so that another process that has got the
 * same number is never taken for it.
 *
 * @param node name of its node
 * @param pid its number
 * @param started when it was started, by the system's account
 */
record LocalProcess(String node, long pid, Instant started) {
    private static final Duration TOLERANCE = Duration.ofSeconds(2);
    private static final String PID = ".pid";

    static LocalProcess of(String node, ProcessHandle handle) {
        return new LocalProcess(node, handle.pid(), handle.info().startInstant().orElse(Instant.EPOCH));
    }

    /** Reads the agent's process from its file; empty if that makes no sense. */
    static Optional<LocalProcess> read(Path file) {
        String name = file.getFileName().toString();
        return readAll(file, name.substring(0, name.length() - PID.length())).stream()
                .findFirst();
    }

    /** Reads processes of a node, one a line; lines that make no sense are left out. */
    static List<LocalProcess> readAll(Path file, String node) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> line.split(" ", -1))
                    .filter(parts ->
                            parts.length == 2 && parts[0].matches("\\d{1,18}") && parts[1].matches("\\d{1,18}"))
                    .map(parts -> new LocalProcess(
                            node, Long.parseLong(parts[0]), Instant.ofEpochMilli(Long.parseLong(parts[1]))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("file " + file + " cannot be read", e);
        }
    }

    /** Writes it down as the process of its node's agent. */
    void write(Path directory) throws IOException {
        Files.writeString(directory.resolve(node + PID), line());
    }

    /** Its number and the moment of its start, on a line. */
    String line() {
        return pid + " " + started.toEpochMilli() + "\n";
    }

    /** The living process; empty if it has gone. */
    Optional<ProcessHandle> alive() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isSame);
    }

    static List<ProcessHandle> alive(List<LocalProcess> processes) {
        return processes.stream()
                .map(LocalProcess::alive)
                .flatMap(Optional::stream)
                .toList();
    }

    private boolean isSame(ProcessHandle handle) {
        Optional<Instant> other = handle.info().startInstant();
        return other.isEmpty()
                || started.equals(Instant.EPOCH)
                || Duration.between(started, other.get()).abs().compareTo(TOLERANCE) <= 0;
    }
}
