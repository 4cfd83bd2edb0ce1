package io.drover.sim.hyperv.repository;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Property;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An object: values by properties of its class. Values are {@link String}, {@link Boolean}, {@link Long} for all whole
 * numbers, {@link Instant} and {@link Duration} for datetime, {@link Ref}, {@link CimObject}, and lists of them. What has no
 * value is NULL.
 *
 * <p>Not for many threads.
 */
public final class CimObject {
    private final CimClass type;
    private final SortedMap<String, Object> values = new TreeMap<>();

    /** An object of which all properties are NULL. */
    public CimObject(CimClass type) {
        this.type = type;
    }

    /** The class. */
    public CimClass type() {
        return type;
    }

    /** Sets a property that the class has, in the schema's spelling; one that this version of it lacks is left out. */
    @CanIgnoreReturnValue
    public CimObject with(String property, Object value) {
        Optional<Property> known = type.property(property);
        if (known.isPresent()) {
            values.put(property, checked(known.get(), value));
        }
        return this;
    }

    private static Object checked(Property property, Object value) {
        if (property.isArray() != (value instanceof List)) {
            throw new IllegalArgumentException(
                    property.name() + ": " + value + " (expected: " + (property.isArray() ? "a list)" : "no list)"));
        }
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof List<?> list) {
            return list.stream()
                    .map(each -> each instanceof Integer number ? (Object) number.longValue() : each)
                    .toList();
        }
        return value;
    }

    /** Makes a property NULL. */
    @CanIgnoreReturnValue
    public CimObject without(String property) {
        values.remove(property);
        return this;
    }

    /** The value of a property, empty if it is NULL. */
    public Optional<Object> value(String property) {
        return Optional.ofNullable(values.get(property));
    }

    /** A property as text, empty if it is NULL. */
    public String text(String property) {
        Object value = values.get(property);
        return value == null ? "" : value instanceof Ref ref ? ObjectPath.relative(ref) : value.toString();
    }

    /** A property as a number, 0 if it is NULL. */
    public long number(String property) {
        return values.get(property) instanceof Long number ? number : 0;
    }

    /** A property as a truth, false if it is NULL. */
    public boolean truth(String property) {
        return values.get(property) instanceof Boolean truth && truth;
    }

    /** The texts of a property that is an array, none if it is NULL. */
    public List<String> texts(String property) {
        return values.get(property) instanceof List<?> list
                ? list.stream().map(Object::toString).toList()
                : List.of();
    }

    /** All values that are not NULL, by property. */
    public Map<String, Object> values() {
        return Map.copyOf(values);
    }

    /** Takes over all values that another object has. */
    @CanIgnoreReturnValue
    public CimObject takeFrom(CimObject other) {
        other.values.forEach(this::with);
        return this;
    }

    /** Another object with the same values. */
    public CimObject copy() {
        return new CimObject(type).takeFrom(this);
    }

    /** What points to it. */
    public Ref ref() {
        SortedMap<String, String> keys = new TreeMap<>();
        for (String key : type.keys()) {
            keys.put(key, text(key));
        }
        return new Ref(type.namespace(), type.name(), keys);
    }

    @Override
    public String toString() {
        return type.name() + values;
    }
}
