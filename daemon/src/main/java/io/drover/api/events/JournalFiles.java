package io.drover.api.events;

import io.drover.model.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/**
 * The events on disk: {@code events.jsonl}, which grows, and {@code events.1.jsonl}, which it becomes when it is full.
 * Lines are not forced to the disk: a power cut may cost the last seconds. All methods may be called by any thread, and
 * block while another writes or reads.
 */
final class JournalFiles {
    // Far more than a line.
    private static final int TAIL_BYTES = 64 << 10;

    private final Path current;
    private final Path previous;
    private final long bytesMax;

    /** Length of the current file; below 0 while it is not known to be whole. */
    private long length = -1;

    /**
     * The files in a folder.
     *
     * @param bytesMax length at which a file is full
     */
    JournalFiles(Path folder, long bytesMax) {
        this.current = folder.resolve("events.jsonl");
        this.previous = folder.resolve("events.1.jsonl");
        this.bytesMax = bytesMax;
    }

    /**
     * Makes the folder and cuts off a torn last line.
     *
     * @return the number of the last event; 0 if there is none
     */
    synchronized long open() throws IOException {
        repair();
        long last = lastSequence(current);
        return last > 0 ? last : lastSequence(previous);
    }

    /** Adds events at the end. */
    synchronized void append(List<Event> events) throws IOException {
        if (length < 0) {
            repair();
        }
        StringBuilder lines = new StringBuilder();
        events.forEach(event -> lines.append(EventLine.write(event)).append('\n'));
        ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
        if (length > 0 && length + bytes.remaining() > bytesMax) {
            Files.move(current, previous, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            length = 0;
        }
        long before = length;
        // Until everything is written the end of the file may be torn.
        length = -1;
        try (FileChannel file = FileChannel.open(
                current, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            int size = bytes.remaining();
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            length = before + size;
        }
    }

    /**
     * The newest events, oldest first.
     *
     * @param before only events with a lower number
     * @param limit at most so many
     */
    synchronized List<Event> read(long before, int limit) throws IOException {
        ArrayDeque<Event> newest = new ArrayDeque<>();
        for (Path file : List.of(previous, current)) {
            if (Files.exists(file)) {
                collect(file, before, limit, newest);
            }
        }
        return List.copyOf(newest);
    }

    private static void collect(Path file, long before, int limit, ArrayDeque<Event> newest) throws IOException {
        // Not Files.newBufferedReader: bytes that are not UTF-8 spoil their own line only.
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Optional<Event> event = EventLine.read(line).filter(found -> found.sequence() < before);
                if (event.isPresent()) {
                    newest.addLast(event.get());
                    if (newest.size() > limit) {
                        newest.removeFirst();
                    }
                }
            }
        }
    }

    private Path folder() {
        return Optional.ofNullable(current.getParent()).orElseThrow();
    }

    /** Cuts off what follows the last whole line. */
    private void repair() throws IOException {
        Files.createDirectories(folder());
        if (!Files.exists(current)) {
            length = 0;
            return;
        }
        try (FileChannel file = FileChannel.open(current, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = file.size();
            String tail;
            int torn;
            do {
                tail = tail(file, size);
                torn = tail.length() - (tail.lastIndexOf('\n') + 1);
                size -= torn;
            } while (torn > 0 && torn == tail.length());
            if (size < file.size()) {
                file.truncate(size);
            }
            length = size;
        }
    }

    /** Reads the end of the file only: a full one would cost a good part of the agent's time to start. */
    private static long lastSequence(Path path) throws IOException {
        if (!Files.exists(path)) {
            return 0;
        }
        String tail;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            tail = tail(file, file.size());
        }
        ArrayDeque<Event> newest = new ArrayDeque<>();
        new String(tail.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                .lines()
                .map(EventLine::read)
                .flatMap(Optional::stream)
                .forEach(newest::addLast);
        if (newest.isEmpty()) {
            collect(path, Long.MAX_VALUE, 1, newest);
        }
        return newest.stream().mapToLong(Event::sequence).max().orElse(0);
    }

    /** The last bytes of the file, each as one character, so that positions in the text are positions in the file. */
    private static String tail(FileChannel file, long size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, TAIL_BYTES));
        long start = size - bytes.capacity();
        int read = 0;
        while (bytes.hasRemaining() && read >= 0) {
            read = file.read(bytes, start + bytes.position());
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
}
