package io.drover.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.drover.config.YamlNode.Entry;
import io.drover.config.YamlNode.Mapping;
import io.drover.config.YamlNode.Place;
import io.drover.config.YamlNode.Scalar;
import io.drover.config.YamlNode.Sequence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a YAML file into nodes that know their places. It uses the parser's events directly: binding by reflection
 * would lose the places, would stop at the first mistake and would take longer at every start.
 */
public final class YamlReader {
    private static final int NESTING_MAX = 50;
    private static final Pattern PLACE = Pattern.compile("line (\\d{1,9}), column (\\d{1,9})");

    private final Problems problems;
    private final YAMLParser parser;

    private YamlReader(Problems problems, YAMLParser parser) {
        this.problems = problems;
        this.parser = parser;
    }

    /** Reads the text's only document; reports what is wrong with its form. An empty text is an empty mapping. */
    public static YamlNode read(String text, Problems problems) {
        YAMLFactory factory = YAMLFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING_MAX)
                        .build())
                .build();
        try (YAMLParser parser = factory.createParser(text)) {
            return new YamlReader(problems, parser).document();
        } catch (JsonProcessingException e) {
            problems.add(place(e), "", "malformed YAML: " + message(e), "YAML");
            return Mapping.EMPTY;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private YamlNode document() throws IOException {
        JsonToken first = parser.nextToken();
        YamlNode root = first == null ? Mapping.EMPTY : node(first, "");
        if (parser.nextToken() != null) {
            problems.add(place(), "", "a second document begins", "one document");
        }
        return root;
    }

    private YamlNode node(JsonToken token, String path) throws IOException {
        return switch (token) {
            case START_OBJECT -> mapping(path);
            case START_ARRAY -> sequence(path);
            default -> scalar(path);
        };
    }

    private YamlNode scalar(String path) throws IOException {
        if (parser.isCurrentAlias()) {
            problems.add(place(), path, "an alias is not supported", "the value itself");
        }
        return new Scalar(place(), parser.getText());
    }

    private YamlNode sequence(String path) throws IOException {
        Place place = place();
        List<YamlNode> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(node(token, path + "[" + items.size() + "]"));
        }
        return new Sequence(place, items);
    }

    private YamlNode mapping(String path) throws IOException {
        Place place = place();
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Place keyPlace = place();
            String keyPath = path.isEmpty() ? key : path + "." + key;
            Entry entry = new Entry(keyPlace, node(parser.nextToken(), keyPath));
            Entry earlier = entries.putIfAbsent(key, entry);
            if (earlier != null) {
                String where = "line " + earlier.key().line();
                problems.add(keyPlace, keyPath, "duplicate key, first in " + where, "each key once");
            }
        }
        return new Mapping(place, entries);
    }

    private Place place() {
        JsonLocation location = parser.currentTokenLocation();
        return new Place(location.getLineNr(), location.getColumnNr());
    }

    /** The last place that the message names: where the mistake showed itself. The location may lag behind it. */
    private static Place place(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        Place place = location == null ? Place.START : new Place(location.getLineNr(), location.getColumnNr());
        Matcher matcher = PLACE.matcher(e.getOriginalMessage());
        while (matcher.find()) {
            place = new Place(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }
        return place;
    }

    /** The sentences of the message without the quoted lines of the file. */
    private static String message(JsonProcessingException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }
}
