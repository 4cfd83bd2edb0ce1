package io.drover.sim.hyperv.repository;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Paths of objects as WMI writes them: {@code \\HOST\root\virtualization\v2:Class.Key="value"}, with backslashes and
 * quotes inside of values escaped by a backslash.
 */
public final class ObjectPath {
    /** The key of a path that does not name it, as {@code Class="value"} does. */
    public static final String ONLY_KEY = "";

    private static final Pattern PREFIX =
            Pattern.compile("(?:\\\\\\\\([^\\\\]+)\\\\)?(?:([\\w\\\\/]+):)?(\\w+)(?:\\.(.*)|(=.*))?", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile(
            "\\s*+(\\w*+)\\s*+=\\s*+(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|'((?:[^'\\\\]++|\\\\.)*+)'|([^,\\s\"']++))\\s*+(?:,|$)");

    /** A backslash before anything else is one: clients write paths of devices with single ones, and WMI takes them. */
    private static final Pattern ESCAPED = Pattern.compile("\\\\([\\\\\"'])");

    private ObjectPath() {}

    /**
     * Writes a path.
     *
     * @param host name of the host, without domain
     */
    public static String format(String host, Ref target) {
        return "\\\\" + host + "\\" + target.namespace().replace('/', '\\') + ":" + relative(target);
    }

    /** Writes the part of a path behind the namespace. */
    public static String relative(Ref target) {
        String keys = target.keys().entrySet().stream()
                .map(key -> key.getKey() + "=\"" + escape(key.getValue()) + "\"")
                .collect(Collectors.joining(","));
        return keys.isEmpty() ? target.className() : target.className() + "." + keys;
    }

    /**
     * Reads a path.
     *
     * @param namespace that of paths that name none
     * @return empty if it is none
     */
    public static Optional<Ref> parse(String path, String namespace) {
        Matcher prefix = PREFIX.matcher(path.strip());
        if (!prefix.matches()) {
            return Optional.empty();
        }
        String in = prefix.group(2) == null ? namespace : prefix.group(2).replace('\\', '/');
        SortedMap<String, String> keys = new TreeMap<>();
        boolean isUnnamed = prefix.group(5) != null;
        String list = isUnnamed ? prefix.group(5) : prefix.group(4) == null ? "" : prefix.group(4);
        Matcher key = KEY.matcher(list);
        int at = 0;
        while (at < list.length()) {
            if (!key.find(at) || key.start() != at || key.group(1).isEmpty() != isUnnamed) {
                return Optional.empty();
            }
            keys.put(key.group(1), value(key));
            at = key.end();
        }
        return Optional.of(new Ref(in, prefix.group(3), keys));
    }

    private static String value(Matcher key) {
        if (key.group(4) != null) {
            return key.group(4);
        }
        return unescape(key.group(2) != null ? key.group(2) : key.group(3));
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String unescape(String value) {
        return ESCAPED.matcher(value).replaceAll("$1");
    }
}
