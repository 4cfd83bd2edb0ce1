package io.drover.supervision;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * Which process runs: a file with its number and the instant of its start, so that a later process of the same
 * number is not taken for it.
 */
final class ProcessMark {
    /** The system derives the instant from its clock, and may derive it a little differently next time. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private final Path file;

    ProcessMark(Path file) {
        this.file = file;
    }

    /** Remembers a process. */
    void write(ProcessHandle process) throws IOException {
        String start = process.info().startInstant().map(Instant::toString).orElse("");
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(draft, process.pid() + "\n" + start + "\n", StandardCharsets.US_ASCII);
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The remembered process, if it still runs. */
    Optional<ProcessHandle> find() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
        if (lines.size() < 2) {
            return Optional.empty();
        }
        try {
            long pid = Long.parseLong(lines.get(0));
            Instant start = Instant.parse(lines.get(1));
            return ProcessHandle.of(pid).filter(process -> process.isAlive() && startedAt(process, start));
        } catch (NumberFormatException | DateTimeParseException e) {
            // A file of half a write, or of a system that does not tell when a process started: nothing to adopt.
            return Optional.empty();
        }
    }

    /** Forgets the process. */
    void clear() throws IOException {
        Files.deleteIfExists(file);
    }

    private static boolean startedAt(ProcessHandle process, Instant start) {
        return process.info()
                .startInstant()
                .map(actual -> Duration.between(start, actual).abs().compareTo(TOLERANCE) <= 0)
                .orElse(false);
    }
}
