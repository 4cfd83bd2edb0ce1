package io.drover.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of a YAML file with the place where it stands. */
public sealed interface YamlNode {
    /** Where it stands. */
    Place place();

    /** What it is, for messages. */
    String kind();

    /**
     * A place in a file.
     *
     * @param line from 1
     * @param column from 1
     */
    record Place(int line, int column) {
        /** Of a file as a whole. */
        public static final Place START = new Place(1, 1);
    }

    /** A value; its text without quotes. */
    record Scalar(Place place, String text) implements YamlNode {
        @Override
        public String kind() {
            return "a single value";
        }
    }

    /** A list. */
    record Sequence(Place place, List<YamlNode> items) implements YamlNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys with their values, in the order of the file. */
    record Mapping(Place place, Map<String, Entry> entries) implements YamlNode {
        /** Without a key. */
        public static final Mapping EMPTY = new Mapping(Place.START, new LinkedHashMap<>());

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** A key's place and its value. */
    record Entry(Place key, YamlNode value) {}
}
