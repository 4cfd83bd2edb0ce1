package io.drover.sim.hyperv.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the schema: {@code hyperv-schema.tsv}, which says for each property in which version of Windows Server it is, and
 * {@code classes.txt}, which has the rest.
 */
final class SchemaFiles {
    private static final Pattern CLASS =
            Pattern.compile("class (\\w+)(?: : (\\w+))?(?: keys ([\\w,]+))?( singleton)?");
    private static final Pattern METHOD = Pattern.compile("method (\\w+)\\((.*)\\) -> \\((.*)\\)");
    private static final int COLUMNS_MIN = 6;

    private final boolean withNewer;
    private final Map<String, SortedMap<String, Property>> listed = new TreeMap<>();
    private final Map<String, Draft> drafts = new LinkedHashMap<>();
    private final Map<String, CimClass> made = new LinkedHashMap<>();
    private String namespace = "";
    private Draft draft = new Draft("", "", "", List.of(), false);

    /** A class of which the lines are being read. */
    private record Draft(
            String namespace,
            String name,
            String base,
            List<String> keys,
            boolean isSingleton,
            SortedMap<String, Property> properties,
            Map<String, Method> methods) {
        Draft(String namespace, String name, String base, List<String> keys, boolean isSingleton) {
            this(namespace, name, base, keys, isSingleton, new TreeMap<>(), new TreeMap<>());
        }

        String path() {
            return namespace + ":" + name;
        }

        String basePath() {
            return namespace + ":" + base;
        }
    }

    SchemaFiles(boolean withNewer) {
        this.withNewer = withNewer;
    }

    Schema load() {
        lines("hyperv-schema.tsv").stream().skip(1).forEach(this::listProperty);
        lines("classes.txt").forEach(this::statement);
        List<Draft> all = new ArrayList<>(drafts.values());
        all.stream().filter(each -> each.properties.isEmpty()).forEach(this::addCommonProperties);
        all.forEach(this::make);
        return new Schema(made.values());
    }

    /** A class that is only derived from has the properties that all of its heirs have. */
    private void addCommonProperties(Draft ancestor) {
        List<Draft> heirs = drafts.values().stream()
                .filter(each -> !each.properties.isEmpty() && !each.keys.isEmpty() && derives(each, ancestor))
                .toList();
        if (!heirs.isEmpty()) {
            ancestor.properties.putAll(heirs.get(0).properties);
            heirs.forEach(each -> ancestor.properties.keySet().retainAll(each.properties.keySet()));
        }
    }

    private boolean derives(Draft each, Draft ancestor) {
        Draft next = each;
        while (!next.base.isEmpty()) {
            next = Objects.requireNonNull(drafts.get(next.basePath()), next.base);
            if (next == ancestor) {
                return true;
            }
        }
        return false;
    }

    private static List<String> lines(String file) {
        InputStream bytes = Objects.requireNonNull(SchemaFiles.class.getResourceAsStream(file), file);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    private void listProperty(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length < COLUMNS_MIN) {
            throw new IllegalStateException("hyperv-schema.tsv: '" + line + "' (expected: 6 columns or 7)");
        }
        boolean isOld = columns[4].equals("1");
        boolean isNewer = columns[5].equals("1");
        if (isOld || (withNewer && isNewer)) {
            CimType type = typeOf(columns[2], columns.length > COLUMNS_MIN ? columns[6] : "");
            listed.computeIfAbsent(columns[0], unused -> new TreeMap<>())
                    .put(columns[1], new Property(columns[1], type, columns[3].equals("1")));
        }
    }

    /** The type that the reference gives or, where it gives none, that of the class definitions of a live server. */
    private static CimType typeOf(String documented, String generated) {
        String name = documented.equals("?") ? generated : documented;
        if (name.endsWith(" REF") || name.startsWith("CIM_")) {
            return CimType.REFERENCE;
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "bool" -> CimType.BOOLEAN;
            case "int32" -> CimType.SINT32;
            default -> name.contains("_") ? CimType.UINT16 : CimType.valueOf(name.toUpperCase(Locale.ROOT));
        };
    }

    private void statement(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        String[] words = line.split(" ", 2);
        switch (words[0]) {
            case "namespace" -> namespace = words[1];
            case "class" -> begin(line);
            case "like" -> draft.properties.putAll(propertiesOf(words[1]));
            case "method" -> method(line);
            default -> {
                Property property = property(line);
                draft.properties.put(property.name(), property);
            }
        }
    }

    private void begin(String line) {
        Matcher parts = matched(CLASS, line);
        List<String> keys = parts.group(3) == null ? List.of() : List.of(parts.group(3).split(","));
        String base = parts.group(2) == null ? "" : parts.group(2);
        draft = new Draft(namespace, parts.group(1), base, keys, parts.group(4) != null);
        drafts.put(draft.path(), draft);
        if (namespace.equals(Schema.VIRTUALIZATION)) {
            draft.properties.putAll(listed.getOrDefault(draft.name, new TreeMap<>()));
        }
    }

    private SortedMap<String, Property> propertiesOf(String name) {
        return Objects.requireNonNull(drafts.get(namespace + ":" + name), name).properties;
    }

    private void method(String line) {
        Matcher parts = matched(METHOD, line);
        draft.methods.put(
                parts.group(1), new Method(parts.group(1), parameters(parts.group(2)), parameters(parts.group(3))));
    }

    private static List<Property> parameters(String list) {
        List<Property> parameters = new ArrayList<>();
        for (String each : list.split(", ")) {
            if (!each.isEmpty()) {
                parameters.add(property(each));
            }
        }
        return parameters;
    }

    private static Property property(String text) {
        String[] words = text.split(" ");
        if (words.length != 2) {
            throw new IllegalStateException("classes.txt: '" + text + "' (expected: TYPE NAME)");
        }
        boolean isArray = words[1].endsWith("[]");
        String name = isArray ? words[1].substring(0, words[1].length() - 2) : words[1];
        return new Property(name, CimType.valueOf(words[0].toUpperCase(Locale.ROOT)), isArray);
    }

    /** Those that others derive from come first in the file. */
    private void make(Draft each) {
        Optional<CimClass> base = each.base.isEmpty()
                ? Optional.empty()
                : Optional.of(Objects.requireNonNull(made.get(each.basePath()), each.base));
        made.put(
                each.path(),
                new CimClass(
                        each.namespace, each.name, base, each.keys, each.properties, each.methods, each.isSingleton));
    }

    private static Matcher matched(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("classes.txt: '" + line + "' (expected: " + pattern + ")");
        }
        return matcher;
    }
}
