package io.drover.config;

import io.drover.config.YamlNode.Entry;
import io.drover.config.YamlNode.Mapping;
import io.drover.config.YamlNode.Place;
import io.drover.config.YamlNode.Scalar;
import io.drover.config.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A mapping of the file under its path. Each read reports its own mistake and returns a value all the same, so that one
 * run finds every mistake; {@link #finish} reports the keys that nobody asked for.
 */
public final class Section {
    private static final String COMMAND_EXPECTED = "a list: a program and its arguments";

    private final Mapping node;
    private final String path;
    private final Problems problems;
    private final TreeSet<String> known = new TreeSet<>();
    private final boolean absent;

    private Section(Mapping node, String path, Problems problems, boolean absent) {
        this.node = node;
        this.path = path;
        this.problems = problems;
        this.absent = absent;
    }

    /** The whole file as a section. */
    public static Section root(YamlNode node, Problems problems) {
        return of(node, "", problems);
    }

    private static Section of(YamlNode node, String path, Problems problems) {
        if (node instanceof Mapping mapping) {
            return new Section(mapping, path, problems, false);
        }
        problems.add(node.place(), path, "is " + node.kind(), "a mapping of keys to values");
        return new Section(Mapping.EMPTY, path, problems, true);
    }

    /** Whether the key is there, with a value. */
    public boolean has(String key) {
        known.add(key);
        return value(key).isPresent();
    }

    /** The keys that are there. */
    public Iterable<String> keys() {
        return node.entries().keySet();
    }

    /** A value that must be there. */
    public <T> T required(String key, ValueKind<T> kind) {
        if (!has(key)) {
            missing(key, kind.expected());
            return kind.standIn();
        }
        return optional(key, kind).orElse(kind.standIn());
    }

    /** A value, or the default if it is not there. */
    public <T> T optional(String key, ValueKind<T> kind, T fallback) {
        return optional(key, kind).orElse(fallback);
    }

    /** A value; empty if it is not there, or wrong and reported. */
    public <T> Optional<T> optional(String key, ValueKind<T> kind) {
        known.add(key);
        return value(key).flatMap(value -> read(value, keyPath(key), kind));
    }

    /** A section that must be there; a stand-in that reports nothing more if it is not. */
    public Section requiredSection(String key) {
        if (!has(key)) {
            missing(key, "a mapping of keys to values");
        }
        return section(key).orElseGet(() -> new Section(Mapping.EMPTY, keyPath(key), problems, true));
    }

    /** A section that may be there. */
    public Optional<Section> section(String key) {
        known.add(key);
        return value(key).map(value -> of(value, keyPath(key), problems));
    }

    /** A list of sections; empty if it is not there. */
    public List<Section> sections(String key) {
        List<Section> sections = new ArrayList<>();
        for (YamlNode item : items(key)) {
            sections.add(of(item, keyPath(key) + "[" + sections.size() + "]", problems));
        }
        return sections;
    }

    /**
     * A word that decides which other keys make sense. Empty if it is missing or unknown, which is reported.
     *
     * @param dependent the keys that make sense with one word or another: not judged when the word is empty
     */
    Optional<String> choice(String key, ValueKind<String> kind, Set<String> dependent) {
        if (!has(key)) {
            missing(key, kind.expected());
        }
        Optional<String> choice = optional(key, kind);
        if (choice.isEmpty()) {
            known.addAll(dependent);
        }
        return choice;
    }

    /** A program and its arguments, which must be there. */
    List<String> requiredCommand(String key) {
        List<String> words = new ArrayList<>();
        if (!has(key)) {
            missing(key, COMMAND_EXPECTED);
            return words;
        }
        List<YamlNode> items = items(key);
        for (YamlNode item : items) {
            ValueKind<String> kind = words.isEmpty() ? ValueKind.PROGRAM : ValueKind.TEXT;
            words.add(read(item, keyPath(key) + "[" + words.size() + "]", kind).orElse(kind.standIn()));
        }
        if (items.isEmpty() && value(key).orElseThrow() instanceof Sequence) {
            reject(key, "is empty", COMMAND_EXPECTED);
        }
        return words;
    }

    /** A list of values; empty if it is not there. */
    public <T> List<T> list(String key, ValueKind<T> kind) {
        return values(items(key), keyPath(key), kind);
    }

    /** A list of lists of values; empty if it is not there. */
    public <T> List<List<T>> lists(String key, ValueKind<T> kind) {
        List<List<T>> lists = new ArrayList<>();
        for (YamlNode item : items(key)) {
            String itemPath = keyPath(key) + "[" + lists.size() + "]";
            if (item instanceof Sequence sequence) {
                lists.add(values(sequence.items(), itemPath, kind));
            } else {
                problems.add(item.place(), itemPath, "is " + item.kind(), "a list");
                lists.add(List.of());
            }
        }
        return lists;
    }

    /** A value or a list of them; empty if it is not there. */
    public <T> List<T> oneOrMore(String key, ValueKind<T> kind) {
        known.add(key);
        Optional<YamlNode> value = value(key);
        if (value.isPresent() && value.get() instanceof Scalar) {
            return optional(key, kind).map(List::of).orElse(List.of());
        }
        return list(key, kind);
    }

    /** Whether the value of a key, if it is there, is a list. */
    public boolean isList(String key) {
        return value(key).filter(Sequence.class::isInstance).isPresent();
    }

    private <T> List<T> values(List<YamlNode> items, String itemsPath, ValueKind<T> kind) {
        List<T> values = new ArrayList<>();
        int number = 0;
        for (YamlNode item : items) {
            read(item, itemsPath + "[" + number++ + "]", kind).ifPresent(values::add);
        }
        return values;
    }

    /** A key of this section as a value of its own; empty if it is wrong, which is reported. */
    public <T> Optional<T> named(String key, ValueKind<T> kind) {
        known.add(key);
        Entry entry = node.entries().get(key);
        return entry == null ? Optional.empty() : read(new Scalar(entry.key(), key), keyPath(key), kind);
    }

    /** Sections by a number that is their key. */
    Map<Integer, Section> numberedSections(ValueKind<Integer> kind) {
        Map<Integer, Section> sections = new LinkedHashMap<>();
        node.entries().forEach((key, entry) -> {
            known.add(key);
            read(new Scalar(entry.key(), key), keyPath(key), kind).ifPresent(number -> {
                if (sections.putIfAbsent(number, of(entry.value(), keyPath(key), problems)) != null) {
                    problems.add(entry.key(), keyPath(key), "number " + number + " is there twice", "each number once");
                }
            });
        });
        return sections;
    }

    /** The line of the file on which it begins, from 1. */
    public int line() {
        return node.place().line();
    }

    /** Reports a mistake at a key, or at the section if the key is not there. */
    public void reject(String key, String what, String expected) {
        if (!absent) {
            Place place = value(key).map(YamlNode::place).orElse(node.place());
            problems.add(place, keyPath(key), what, expected);
        }
    }

    /** Reports a mistake of the whole section. */
    public void reject(String what, String expected) {
        if (!absent) {
            problems.add(node.place(), path, what, expected);
        }
    }

    /** Reports every key that nobody asked for. */
    public void finish() {
        node.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                String suggestion =
                        NearMiss.of(key, known).map(ValueKind::suggestion).orElse("");
                problems.add(
                        entry.key(), keyPath(key), "unknown key" + suggestion, "one of " + String.join(", ", known));
            }
        });
    }

    private List<YamlNode> items(String key) {
        known.add(key);
        Optional<YamlNode> value = value(key);
        if (value.isPresent() && value.get() instanceof Sequence sequence) {
            return sequence.items();
        }
        value.ifPresent(other -> reject(key, "is " + other.kind(), "a list"));
        return List.of();
    }

    private <T> Optional<T> read(YamlNode value, String valuePath, ValueKind<T> kind) {
        if (!(value instanceof Scalar scalar)) {
            problems.add(value.place(), valuePath, "is " + value.kind(), kind.expected());
            return Optional.empty();
        }
        try {
            return Optional.of(kind.reader().apply(scalar.text()));
        } catch (IllegalArgumentException e) {
            problems.add(scalar.place(), valuePath, String.valueOf(e.getMessage()), kind.expected());
            return Optional.empty();
        }
    }

    /** A key without a value, as in {@code node:}, counts as not there. */
    private Optional<YamlNode> value(String key) {
        return Optional.ofNullable(node.entries().get(key))
                .map(Entry::value)
                .filter(value ->
                        !(value instanceof Scalar scalar && scalar.text().isBlank()));
    }

    private void missing(String key, String expected) {
        Entry empty = node.entries().get(key);
        if (!absent) {
            Place place = empty == null ? node.place() : empty.key();
            problems.add(place, keyPath(key), empty == null ? "missing" : "has no value", expected);
        }
    }

    private String keyPath(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
