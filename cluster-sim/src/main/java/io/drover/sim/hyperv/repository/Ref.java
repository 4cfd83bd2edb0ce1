package io.drover.sim.hyperv.repository;

import io.drover.sim.hyperv.schema.CimClass;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Points to an object by its class and its keys.
 *
 * @param namespace such as {@code root/virtualization/v2}
 * @param className of the object
 * @param keys values by the names of the key properties
 */
public record Ref(String namespace, String className, SortedMap<String, String> keys) {
    /** Copies the keys. */
    public Ref {
        keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
    }

    /** To an object of a class, by its keys. */
    public static Ref to(CimClass type, Map<String, String> keys) {
        return new Ref(type.namespace(), type.name(), new TreeMap<>(keys));
    }

    /** The value of a key, empty if it has none of this name. */
    public String key(String name) {
        return keys.getOrDefault(name, "");
    }

    /** Whether both mean the same object: WMI does not tell cases apart in names and in keys. */
    public boolean matches(Ref other) {
        return namespace.equalsIgnoreCase(other.namespace)
                && className.equalsIgnoreCase(other.className)
                && folded(keys).equals(folded(other.keys));
    }

    private static Map<String, String> folded(Map<String, String> keys) {
        Map<String, String> folded = new TreeMap<>();
        keys.forEach((name, value) -> folded.put(fold(name), fold(value)));
        return folded;
    }

    private static String fold(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }
}
