package io.drover.cli.client;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.drover.cli.shell.CommandException;
import io.drover.cli.shell.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A small YAML file that holds one mapping from known keys to values or lists of values. Read token by token, so that
 * nothing but text is ever made of it, and so that every mistake has its line and column.
 */
public final class YamlFile {
    private static final long GREATEST_SIZE = 1 << 20;

    private final Path file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(List<String> values, boolean list, int line, int column) {}

    private YamlFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param keys the keys that it may have
     * @throws CommandException if it cannot be read, is not YAML of this form, or has another key
     */
    public static YamlFile read(Path file, Set<String> keys) {
        YamlFile yaml = new YamlFile(file);
        try {
            if (Files.size(file) > GREATEST_SIZE) {
                throw yaml.wrong(1, 1, "the file is longer than 1 MiB");
            }
            YAMLFactory factory = YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();
            try (JsonParser parser = factory.createParser(Files.readString(file))) {
                yaml.readMapping(parser, keys);
            }
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw yaml.wrong(
                    at == null ? 1 : at.getLineNr(), at == null ? 1 : at.getColumnNr(), e.getOriginalMessage());
        } catch (IOException e) {
            throw CommandException.of(
                    ExitCode.USAGE,
                    "file '" + file + "' cannot be read",
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "check the path and its permissions");
        }
        return yaml;
    }

    /** The one value of a key, if the file has it. */
    public Optional<String> value(String key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.list) {
            throw wrong(entry.line, entry.column, "'" + key + "' is a list (expected: one value)");
        }
        return Optional.of(entry.values.get(0));
    }

    /** The values of a key, one or many; empty if the file does not have it. */
    public List<String> list(String key) {
        Entry entry = entries.get(key);
        return entry == null ? List.of() : entry.values;
    }

    /** Whether the file has the key. */
    public boolean has(String key) {
        return entries.containsKey(key);
    }

    /** An error about the value of a key that the file has. */
    public CommandException wrong(String key, String what) {
        Entry entry = entries.get(key);
        return entry == null ? wrong(1, 1, what) : wrong(entry.line, entry.column, what);
    }

    private void readMapping(JsonParser parser, Set<String> keys) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw wrong(parser, "expected: keys with values, such as 'memory: 4GiB'");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            JsonLocation at = parser.currentTokenLocation();
            String key = parser.currentName();
            if (!keys.contains(key)) {
                throw wrong(
                        parser, "unknown key '" + key + "' (known: " + String.join(", ", new TreeSet<>(keys)) + ")");
            }
            parser.nextToken();
            boolean list = parser.currentToken() == JsonToken.START_ARRAY;
            entries.put(key, new Entry(readValues(parser, key), list, at.getLineNr(), at.getColumnNr()));
        }
        if (parser.nextToken() != null) {
            throw wrong(parser, "a second document (expected: one)");
        }
    }

    private List<String> readValues(JsonParser parser, String key) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return List.of(scalar(parser, key));
        }
        List<String> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            values.add(scalar(parser, key));
        }
        return List.copyOf(values);
    }

    private String scalar(JsonParser parser, String key) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
            throw wrong(parser, "the value of '" + key + "' is not a text or a number");
        }
        return parser.getText();
    }

    private CommandException wrong(JsonParser parser, String what) {
        JsonLocation at = parser.currentTokenLocation();
        return wrong(at.getLineNr(), at.getColumnNr(), what);
    }

    private CommandException wrong(int line, int column, String what) {
        return CommandException.of(
                ExitCode.USAGE,
                file + ":" + line + ":" + column + ": " + what,
                "",
                "correct the file; nothing was changed");
    }
}
