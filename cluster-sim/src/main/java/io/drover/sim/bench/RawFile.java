package io.drover.sim.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;

/** Every single figure of a benchmark, a JSON object on a line for each; with the moment and the machine's load. */
final class RawFile implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final String bench;
    private final Optional<BufferedWriter> file;

    /**
     * Appends to a file.
     *
     * @param path the file; empty: the figures are not written
     * @param bench name of the benchmark
     */
    RawFile(Optional<Path> path, String bench) throws IOException {
        this.bench = bench;
        this.file = path.isPresent()
                ? Optional.of(Files.newBufferedWriter(
                        path.get(), StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND))
                : Optional.empty();
    }

    /** A line that says already what all lines say: which benchmark, when, and the load of the machine. */
    ObjectNode line(String what) {
        ObjectNode line = JSON.createObjectNode();
        line.put("bench", bench).put("what", what).put("at", Instant.now().toString());
        return line.put("load", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Writes a line. */
    void write(ObjectNode line) throws IOException {
        if (file.isPresent()) {
            file.get().write(JSON.writeValueAsString(line));
            file.get().newLine();
            file.get().flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (file.isPresent()) {
            file.get().close();
        }
    }
}
