package io.drover.wsman;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An object in a parameter of type string: the {@code INSTANCE} element of CIM-XML (DSP0201) as text, which is the one
 * form that Hyper-V's methods take. It carries the type of each property, and hosts refuse a wrong one. Immutable.
 */
public final class InstanceText {
    /**
     * A property.
     *
     * @param type of the value, or of each one of an array
     * @param array whether it is an array
     * @param values as they are written: one, or those of the array
     */
    public record Property(CimType type, boolean array, List<String> values) {
        /** Refuses a scalar that is not one value. */
        public Property {
            values = List.copyOf(values);
            if (!array && values.size() != 1) {
                throw new IllegalArgumentException(values.size() + " values (expected: one, or an array)");
            }
        }
    }

    private final String className;
    private final Map<String, Property> properties;

    InstanceText(String className, Map<String, Property> properties) {
        this.className = className;
        this.properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** Begins an object of this class. */
    public static Builder of(String className) {
        return new Builder(className);
    }

    /**
     * Begins with an object as a host described it, to be changed and sent back. What is nil or not of a type that can
     * be written is left out.
     *
     * @param instance the object
     * @param typeOf the type of a property; nothing leaves the property out
     * @param isArray whether a property is an array
     */
    public static Builder of(
            CimInstance instance, Function<String, Optional<CimType>> typeOf, Function<String, Boolean> isArray) {
        Builder builder = of(instance.cimClass().name());
        for (String name : instance.names()) {
            typeOf.apply(name).ifPresent(type -> builder.copy(instance, name, type, isArray.apply(name)));
        }
        return builder;
    }

    /**
     * Reads such a text.
     *
     * @throws CimException of kind {@link CimException.Kind#PROTOCOL} if it is none, or is larger or deeper than one can
     *     be
     */
    public static InstanceText parse(String text) {
        return InstanceTextReader.read(text);
    }

    /** The class's name. */
    public String className() {
        return className;
    }

    /** Its properties, in their order; not to be changed. Those that are nil are not among them. */
    public Map<String, Property> properties() {
        return properties;
    }

    /** The text to be sent. */
    public String text() {
        return InstanceTextWriter.write(this);
    }

    /** The object, for reading it by type. */
    public CimInstance instance(CimNamespace namespace) {
        Map<String, List<CimValue>> values = new LinkedHashMap<>();
        properties.forEach((name, property) -> values.put(
                name,
                property.values().stream()
                        .<CimValue>map(each -> value(property.type(), each))
                        .toList()));
        return new CimInstance(new CimClass(namespace, className), values);
    }

    private static CimValue value(CimType type, String text) {
        return type == CimType.DATETIME ? new CimValue.Time(text) : new CimValue.Text(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof InstanceText that
                && className.equals(that.className)
                && properties.equals(that.properties);
    }

    @Override
    public int hashCode() {
        return 31 * className.hashCode() + properties.hashCode();
    }

    @Override
    public String toString() {
        return className + properties.keySet();
    }

    /** Collects properties; one that is set again has the later value. */
    public static final class Builder {
        private final String className;
        private final Map<String, Property> properties = new LinkedHashMap<>();

        private Builder(String className) {
            this.className = Names.checked("class", className);
        }

        /** A string. */
        public Builder string(String name, String value) {
            return put(name, CimType.STRING, value);
        }

        /** An array of strings. */
        public Builder strings(String name, List<String> values) {
            return array(name, CimType.STRING, values);
        }

        /** True or false. */
        public Builder bool(String name, boolean value) {
            return put(name, CimType.BOOLEAN, value ? "TRUE" : "FALSE");
        }

        /** A number from 0 to 255. */
        public Builder uint8(String name, int value) {
            return number(name, CimType.UINT8, value, 0xFF);
        }

        /** A number from 0 to 65535. */
        public Builder uint16(String name, int value) {
            return number(name, CimType.UINT16, value, 0xFFFF);
        }

        /** A number from 0 to 4294967295. */
        public Builder uint32(String name, long value) {
            return number(name, CimType.UINT32, value, 0xFFFFFFFFL);
        }

        /** A number without a sign, given by its 64 bits. */
        public Builder uint64(String name, long bits) {
            return put(name, CimType.UINT64, Long.toUnsignedString(bits));
        }

        /** A point in time, to the microsecond. */
        public Builder time(String name, Instant value) {
            return put(name, CimType.DATETIME, CimTime.dmtf(value));
        }

        /** An interval from 0 to 99999999 days, to the microsecond. */
        public Builder interval(String name, Duration value) {
            return put(name, CimType.DATETIME, CimTime.dmtf(value));
        }

        /** A value of any type, as it is to be written. */
        public Builder put(String name, CimType type, String value) {
            return put(name, new Property(type, false, List.of(value)));
        }

        /** An array of any type, as its values are to be written. */
        public Builder array(String name, CimType type, List<String> values) {
            return put(name, new Property(type, true, values));
        }

        /** Leaves a property out, which is how the host is told nothing about it. */
        public Builder without(String name) {
            properties.remove(name);
            return this;
        }

        /** The object. */
        public InstanceText build() {
            return new InstanceText(className, properties);
        }

        Builder put(String name, Property property) {
            property.values().forEach(value -> InstanceTextWriter.check(className, name, value));
            properties.put(Names.checked("property", name), property);
            return this;
        }

        private Builder number(String name, CimType type, long value, long max) {
            if (value < 0 || value > max) {
                throw new IllegalArgumentException(
                        className + "." + name + " " + value + " (expected: 0 to " + max + ")");
            }
            return put(name, type, Long.toString(value));
        }

        private void copy(CimInstance instance, String name, CimType type, boolean isArray) {
            List<String> values = new ArrayList<>();
            for (CimValue each : instance.values(name)) {
                if (each instanceof CimValue.Text text) {
                    values.add(type == CimType.BOOLEAN ? text.text().toUpperCase(Locale.ROOT) : text.text());
                } else if (each instanceof CimValue.Time time) {
                    CimTime.toDmtf(time.text()).ifPresent(values::add);
                }
            }
            if (isArray ? !values.isEmpty() : values.size() == 1) {
                put(name, new Property(type, isArray, values));
            }
        }
    }
}
