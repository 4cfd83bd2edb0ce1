package io.drover.sim.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes down what guests say, and when, until a file appears. */
@Command(
        name = "observe",
        description =
                "Watches the serial logs of all guests below a folder until a file appears, and writes down when each"
                        + " of their ticks arrived.",
        mixinStandardHelpOptions = true)
public final class ObserveCommand implements Callable<Integer> {
    @Option(names = "--directory", required = true, description = "Folder of a local cluster.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Option(names = "--until", required = true, description = "Stop when this file exists.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path until;

    @Option(
            names = "--output",
            required = true,
            description =
                    "Write what was seen to this file, as JSON. While it observes, there is a file of that name with"
                            + " '.ready' behind it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path output;

    /** Made by picocli. */
    public ObserveCommand() {}

    @Override
    public Integer call() throws IOException {
        long[] nextLook = {0};
        boolean[] stop = {false};
        Path ready = output.resolveSibling(output.getFileName() + ".ready");
        Observation seen = new GuestObserver(directory).observe(() -> {
            if (nextLook[0] == 0) {
                create(ready);
            }
            // Looking for the file at each turn would cost more than reading the logs.
            if (System.nanoTime() >= nextLook[0]) {
                stop[0] = Files.exists(until);
                nextLook[0] = System.nanoTime() + 50_000_000L;
            }
            return stop[0];
        });
        Files.deleteIfExists(ready);
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(output.toFile(), seen);
        return 0;
    }

    private static void create(Path marker) {
        try {
            Files.writeString(marker, "");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + marker, e);
        }
    }
}
