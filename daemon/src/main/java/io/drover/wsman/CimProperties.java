package io.drover.wsman;

import io.drover.answer.Words;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * Named values, read by type. Names are compared in their exact case, as in XML. An accessor gives nothing for a
 * property that is absent or nil, the two being alike on the wire for arrays; a value that is not of the asked type is
 * a {@link CimException} of kind {@link CimException.Kind#PROTOCOL}. Immutable, for any thread.
 */
public abstract sealed class CimProperties permits CimInstance, CimResult {
    private static final BigInteger UINT64_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final Map<String, List<CimValue>> values;

    CimProperties(Map<String, ? extends List<CimValue>> values) {
        Map<String, List<CimValue>> copy = new LinkedHashMap<>();
        values.forEach((name, each) -> copy.put(name, List.copyOf(each)));
        this.values = Collections.unmodifiableMap(copy);
    }

    /** Names of all properties that came, nil ones too, in the order in which they came. */
    public final Set<String> names() {
        return values.keySet();
    }

    /** Whether the property came at all, perhaps nil. */
    public final boolean has(String name) {
        return values.containsKey(name);
    }

    /** The values as they came: none if the property did not, one for a scalar. */
    public final List<CimValue> values(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** A string. */
    public final Optional<String> text(String name) {
        return scalar(name, "text", value -> textOf(name, value));
    }

    /** A string without which nothing makes sense, a key for instance. */
    public final String requiredText(String name) {
        return text(name).orElseThrow(() -> CimException.protocol(this + " has no " + name + " (expected: text)"));
    }

    /** An array of strings; empty if there is none. */
    public final List<String> texts(String name) {
        return array(name, value -> textOf(name, value));
    }

    /** A number from 0 to 65535. */
    public final OptionalInt uint16(String name) {
        return scalar(name, "uint16", value -> (int) number(name, value, 0xFFFFL))
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /** An array of numbers from 0 to 65535; empty if there is none. */
    public final List<Integer> uint16s(String name) {
        return array(name, value -> (int) number(name, value, 0xFFFFL));
    }

    /** A number from 0 to 4294967295. */
    public final OptionalLong uint32(String name) {
        return scalar(name, "uint32", value -> number(name, value, 0xFFFFFFFFL))
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /**
     * A number from 0 to 2^64 - 1, as its 64 bits: one from 2^63 on is negative here, see
     * {@link Long#compareUnsigned}. Masks want it so; for sizes use {@link #count}.
     */
    public final OptionalLong uint64(String name) {
        return scalar(name, "uint64", value -> unsigned(name, value).longValue())
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** A number of things, bytes for instance, from 0 to 2^63 - 1; what is larger is as good as that. */
    public final OptionalLong count(String name) {
        return scalar(
                        name,
                        "uint64",
                        value -> unsigned(name, value)
                                .min(BigInteger.valueOf(Long.MAX_VALUE))
                                .longValue())
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** A whole number with a sign, of up to 64 bits. */
    public final OptionalLong sint64(String name) {
        return scalar(name, "sint64", value -> {
                    try {
                        return Long.parseLong(textOf(name, value).strip());
                    } catch (NumberFormatException e) {
                        throw wrong(name, "a whole number");
                    }
                })
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    /** True or false, in letters of any case. */
    public final Optional<Boolean> bool(String name) {
        return scalar(name, "boolean", value -> {
            String text = textOf(name, value).strip();
            if (text.equalsIgnoreCase("true")) {
                return true;
            }
            if (text.equalsIgnoreCase("false")) {
                return false;
            }
            throw wrong(name, "true or false");
        });
    }

    /** An array of bytes, which hosts write as one number each or as one text in base64; empty if there is none. */
    public final byte[] bytes(String name) {
        return Octets.of(texts(name)).orElseThrow(() -> wrong(name, "numbers from 0 to 255, or base64"));
    }

    /** A point in time. The year 1601, by which hosts say never, is nothing. */
    public final Optional<Instant> instant(String name) {
        return scalar(name, "datetime", value -> textOf(name, value))
                .map(text -> CimTime.instant(text).orElseThrow(() -> wrong(name, "a point in time")))
                .filter(each -> !each.equals(CimTime.NEVER));
    }

    /** An interval. */
    public final Optional<Duration> interval(String name) {
        return scalar(
                name,
                "interval",
                value -> CimTime.interval(textOf(name, value)).orElseThrow(() -> wrong(name, "an interval")));
    }

    /** A pointer to an object. */
    public final Optional<CimReference> reference(String name) {
        return scalar(name, "reference", value -> referenceOf(name, value));
    }

    /** An array of pointers to objects; empty if there is none. */
    public final List<CimReference> references(String name) {
        return array(name, value -> referenceOf(name, value));
    }

    /** An array of objects inside of this one; empty if there is none. */
    public final List<CimInstance> embedded(String name) {
        return array(name, value -> {
            if (value instanceof CimValue.Embedded embedded) {
                return embedded.instance();
            }
            throw wrong(name, "an object");
        });
    }

    private <T> Optional<T> scalar(String name, String type, Function<CimValue, T> read) {
        List<CimValue> all = values(name);
        if (all.size() > 1) {
            throw wrong(name, "one " + type + ", not " + all.size() + " values");
        }
        return all.isEmpty() || all.get(0) instanceof CimValue.Nil
                ? Optional.empty()
                : Optional.of(read.apply(all.get(0)));
    }

    private <T> List<T> array(String name, Function<CimValue, T> read) {
        List<T> all = new ArrayList<>();
        for (CimValue each : values(name)) {
            if (!(each instanceof CimValue.Nil)) {
                all.add(read.apply(each));
            }
        }
        return List.copyOf(all);
    }

    private String textOf(String name, CimValue value) {
        if (value instanceof CimValue.Text text) {
            return text.text();
        }
        if (value instanceof CimValue.Time time) {
            return time.text();
        }
        throw wrong(name, "text");
    }

    private CimReference referenceOf(String name, CimValue value) {
        if (value instanceof CimValue.Reference reference) {
            return reference.target();
        }
        throw wrong(name, "a reference");
    }

    private long number(String name, CimValue value, long max) {
        BigInteger number = unsigned(name, value);
        if (number.compareTo(BigInteger.valueOf(max)) > 0) {
            throw wrong(name, "a number up to " + max);
        }
        return number.longValue();
    }

    private BigInteger unsigned(String name, CimValue value) {
        String text = textOf(name, value).strip();
        // The length is checked first: reading a number of a million digits takes its time.
        if (text.isEmpty() || text.length() > 20 || !text.chars().allMatch(each -> each >= '0' && each <= '9')) {
            throw wrong(name, "a number from 0");
        }
        BigInteger number = new BigInteger(text);
        if (number.compareTo(UINT64_MAX) > 0) {
            throw wrong(name, "a number of 64 bits");
        }
        return number;
    }

    private CimException wrong(String name, String expected) {
        String found =
                values(name).stream().limit(3).map(CimValue::toString).toList().toString();
        return CimException.protocol(this + ": " + name + " is " + Words.of(found) + " (expected: " + expected + ")");
    }
}
