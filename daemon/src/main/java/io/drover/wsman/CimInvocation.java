package io.drover.wsman;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A call of a method with its parameters, which are sent in the order in which they were set: use that of the method's
 * signature. A parameter that is not set is not sent, which is how it is left out; an empty array likewise. Immutable.
 */
public final class CimInvocation {
    private final CimReference target;
    private final String method;
    private final Map<String, List<CimValue>> parameters;

    private CimInvocation(Builder builder) {
        this.target = builder.target;
        this.method = builder.method;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(builder.parameters));
    }

    /**
     * Begins a call.
     *
     * @param target the object; see {@link CimClass#singleton} for services
     * @param method the method's name, in its exact case
     */
    public static Builder of(CimReference target, String method) {
        return new Builder(target, method);
    }

    /** The object. */
    public CimReference target() {
        return target;
    }

    /** The method's name. */
    public String method() {
        return method;
    }

    /** The parameters, in their order, as they are written; not to be changed. */
    public Map<String, List<CimValue>> parameters() {
        return parameters;
    }

    @Override
    public String toString() {
        return target.cimClass().name() + "." + method;
    }

    /** Collects parameters. */
    public static final class Builder {
        private final CimReference target;
        private final String method;
        private final Map<String, List<CimValue>> parameters = new LinkedHashMap<>();

        private Builder(CimReference target, String method) {
            this.target = target;
            this.method = Names.checked("method", method);
        }

        /** A string. */
        public Builder text(String name, String value) {
            return texts(name, List.of(value));
        }

        /** An array of strings. */
        public Builder texts(String name, List<String> values) {
            return put(name, values.stream().<CimValue>map(CimValue.Text::new).toList());
        }

        /** A whole number with or without a sign. */
        public Builder number(String name, long value) {
            return text(name, Long.toString(value));
        }

        /** A number without a sign, given by its 64 bits. */
        public Builder unsigned(String name, long bits) {
            return text(name, Long.toUnsignedString(bits));
        }

        /** An array of whole numbers. */
        public Builder numbers(String name, List<? extends Number> values) {
            return texts(
                    name,
                    values.stream().map(each -> Long.toString(each.longValue())).toList());
        }

        /** True or false. */
        public Builder bool(String name, boolean value) {
            return text(name, Boolean.toString(value));
        }

        /** An array of bytes, as a number each. */
        public Builder bytes(String name, byte[] value) {
            List<String> numbers = new ArrayList<>(value.length);
            for (byte each : value) {
                numbers.add(Integer.toString(each & 0xFF));
            }
            return texts(name, numbers);
        }

        /** A pointer to an object. */
        public Builder reference(String name, CimReference value) {
            return references(name, List.of(value));
        }

        /** An array of pointers to objects. */
        public Builder references(String name, List<CimReference> values) {
            return put(
                    name, values.stream().<CimValue>map(CimValue.Reference::new).toList());
        }

        /** An object in a parameter of type string. */
        public Builder instance(String name, InstanceText value) {
            return text(name, value.text());
        }

        /** Objects in a parameter of type array of strings. */
        public Builder instances(String name, List<InstanceText> values) {
            return texts(name, values.stream().map(InstanceText::text).toList());
        }

        /** The call. */
        public CimInvocation build() {
            return new CimInvocation(this);
        }

        private Builder put(String name, List<CimValue> values) {
            if (!values.isEmpty() && parameters.put(Names.checked("parameter", name), values) != null) {
                throw new IllegalArgumentException("parameter " + name + " of " + method + " is set twice");
            }
            return this;
        }
    }
}
