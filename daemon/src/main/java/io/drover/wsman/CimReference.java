package io.drover.wsman;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A pointer to one object: its class and the keys that tell it from the others. Names of keys are compared without
 * regard to case, as hosts do; values are compared as they are.
 */
public final class CimReference {
    /** A selector by which some hosts name the namespace once more. It is not a key. */
    private static final String NAMESPACE_SELECTOR = "__cimnamespace";

    private final CimClass cimClass;
    private final Map<String, String> keys;

    private CimReference(CimClass cimClass, Map<String, String> keys) {
        TreeMap<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(keys);
        sorted.remove(NAMESPACE_SELECTOR);
        this.cimClass = cimClass;
        this.keys = Collections.unmodifiableMap(sorted);
    }

    /** The object with these keys. */
    public static CimReference of(CimClass cimClass, Map<String, String> keys) {
        return new CimReference(cimClass, keys);
    }

    /** The object with one key. */
    public static CimReference of(CimClass cimClass, String key, String value) {
        return new CimReference(cimClass, Map.of(key, value));
    }

    /**
     * The object at a WMI object path, such as {@code \\HOST\root\cimv2:Win32_Service.Name="vmms"}; the host is dropped.
     *
     * @throws IllegalArgumentException if it is not a full path of an object
     */
    public static CimReference parsePath(String path) {
        return new ObjectPath(path).parse();
    }

    /** Its class. */
    public CimClass cimClass() {
        return cimClass;
    }

    /** Its keys and their values, by name; not to be changed. */
    public Map<String, String> keys() {
        return keys;
    }

    /** The value of one key. */
    public Optional<String> key(String name) {
        return Optional.ofNullable(keys.get(name));
    }

    /**
     * The WMI object path, which properties of type string that point to objects want. Values are written as strings,
     * which fits the keys of all classes of Hyper-V.
     *
     * @param host the name of the host that has the object, as in the host's own paths
     */
    public String path(String host) {
        return "\\\\" + host + "\\" + relativePath();
    }

    String relativePath() {
        return cimClass.namespace().path().replace('/', '\\')
                + ":"
                + cimClass.name()
                + keys.entrySet().stream()
                        .map(each -> each.getKey() + "=\"" + ObjectPath.escaped(each.getValue()) + "\"")
                        .collect(Collectors.joining(",", ".", ""));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CimReference that && cimClass.equals(that.cimClass) && keys.equals(that.keys);
    }

    @Override
    public int hashCode() {
        // Not the names of the keys: their case does not count.
        return Objects.hash(cimClass, keys.size());
    }

    @Override
    public String toString() {
        return relativePath();
    }
}
