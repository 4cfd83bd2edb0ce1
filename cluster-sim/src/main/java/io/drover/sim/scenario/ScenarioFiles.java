package io.drover.sim.scenario;

import io.drover.config.ConfigException;
import io.drover.config.SizeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Scenarios as files. */
public final class ScenarioFiles {
    private static final long BYTES_MAX = SizeText.parse("1MiB");

    private ScenarioFiles() {}

    /**
     * Reads files, and all {@code *.yaml} of folders.
     *
     * @param problems where every mistake of every file is printed
     * @return by file, in their order; empty if there was a mistake
     * @throws IOException if a folder cannot be read
     */
    public static Optional<Map<Path, Scenario>> read(List<Path> files, PrintWriter problems) throws IOException {
        Map<Path, Scenario> scenarios = new LinkedHashMap<>();
        boolean isReadable = true;
        for (Path file : all(files)) {
            try {
                scenarios.put(file, read(file));
            } catch (ConfigException e) {
                e.problems().forEach(problems::println);
                isReadable = false;
            }
        }
        return isReadable ? Optional.of(scenarios) : Optional.empty();
    }

    private static List<Path> all(List<Path> files) throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isDirectory(file)) {
                all.add(file);
                continue;
            }
            try (Stream<Path> inside = Files.list(file)) {
                inside.filter(each -> each.toString().endsWith(".yaml"))
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    /** Reads one file. */
    static Scenario read(Path file) {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw ConfigException.of(file, "is larger than " + SizeText.format(BYTES_MAX), "a scenario");
            }
            return ScenarioReader.read(Files.readString(file), file);
        } catch (NoSuchFileException e) {
            throw ConfigException.of(file, "there is no such file", "a scenario");
        } catch (CharacterCodingException e) {
            throw ConfigException.of(file, "is not text in UTF-8", "a YAML file in UTF-8");
        } catch (IOException e) {
            throw ConfigException.of(file, "cannot be read: " + e, "a readable file");
        }
    }
}
