package io.drover.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that cannot be used, with every mistake that was found in it. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /**
     * With all mistakes; the message has one line for each.
     *
     * @param problems at least one, in the order of the file
     */
    public ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** With one mistake that concerns a file as a whole. */
    public static ConfigException of(Path file, String what, String expected) {
        return new ConfigException(List.of(new ConfigProblem(file, 1, 1, "", what, expected)));
    }

    /** Every mistake, in the order of the file. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
