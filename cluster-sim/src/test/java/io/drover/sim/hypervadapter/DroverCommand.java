package io.drover.sim.hypervadapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.cli.Drover;
import io.drover.cli.shell.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/** Runs the command line as a script would. */
final class DroverCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DroverCommand() {}

    /** What a command printed, and how it ended. */
    record Ended(int code, String out, String err) {
        JsonNode json() throws IOException {
            return DroverCommand.json(out);
        }
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    static Ended run(Path home, Map<String, String> environment, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Drover.run(
                new Surroundings(
                        environment,
                        home,
                        "tester",
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Optional::empty,
                        false,
                        false,
                        InstantSource.system(),
                        ZoneOffset.UTC),
                args);
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
