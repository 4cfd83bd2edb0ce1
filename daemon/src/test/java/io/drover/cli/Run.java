package io.drover.cli;

import io.drover.cli.shell.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/** Runs commands as a person or a script would, in surroundings of the test's own. */
final class Run {
    private final Map<String, String> environment = new HashMap<>();
    private final Queue<String> answers = new ArrayDeque<>();
    private final Path home;
    private boolean terminal;
    private boolean ansi;

    /** What a command printed and how it ended. */
    record Result(int exit, String out, String err) {}

    Run(Path home) {
        this.home = home;
    }

    Run agents(String... addresses) {
        return with("DROVER_AGENTS", String.join(",", addresses));
    }

    Run with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** A person at a terminal, who will type these lines. */
    Run atTerminal(String... lines) {
        terminal = true;
        answers.addAll(List.of(lines));
        return this;
    }

    Run withColours() {
        ansi = true;
        return this;
    }

    Result drover(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = Drover.run(surroundings(out, err), args);
        return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    Surroundings surroundings() {
        return surroundings(new ByteArrayOutputStream(), new ByteArrayOutputStream());
    }

    private Surroundings surroundings(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Surroundings(
                environment,
                home,
                "anna",
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                () -> Optional.ofNullable(answers.poll()),
                terminal,
                ansi,
                InstantSource.fixed(Samples.NOON),
                ZoneOffset.UTC);
    }
}
