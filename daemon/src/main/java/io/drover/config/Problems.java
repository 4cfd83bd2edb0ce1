package io.drover.config;

import io.drover.config.YamlNode.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the mistakes of one file, so that all can be reported at once. */
public final class Problems {
    private final Path file;
    private final List<ConfigProblem> found = new ArrayList<>();

    /** None found yet. */
    public Problems(Path file) {
        this.file = file;
    }

    /** One more. */
    public void add(Place place, String key, String what, String expected) {
        found.add(new ConfigProblem(file, place.line(), place.column(), key, what, expected));
    }

    /**
     * Ends the reading if there was any mistake.
     *
     * @throws ConfigException with all of them, in the order of the file
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new ConfigException(found.stream()
                    .sorted(Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column))
                    .toList());
        }
    }
}
