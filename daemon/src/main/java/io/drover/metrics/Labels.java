package io.drover.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The texts by which metrics name the constants of enums. */
final class Labels {
    private Labels() {}

    /** {@code STALE_EPOCH} as {@code stale_epoch}. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** {@code NODE_STATE_UP} as {@code up}; names on the wire carry their enum's name in front. */
    static String of(Enum<?> constant, String prefix) {
        String name = of(constant);
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    /** The constants of an enum of the wire that mean something, without the two that stand for nothing known. */
    static <E extends Enum<E>> List<E> known(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> !constant.name().equals("UNRECOGNIZED")
                        && !constant.name().endsWith("_UNSPECIFIED"))
                .toList();
    }
}
