package io.drover.wsman;

import java.util.Locale;
import java.util.Optional;

/** Types of CIM values, as {@code TYPE} names them in an {@code INSTANCE} text. */
public enum CimType {
    BOOLEAN,
    STRING,
    CHAR16,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    SINT8,
    SINT16,
    SINT32,
    SINT64,
    REAL32,
    REAL64,
    DATETIME;

    /** The name on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of this name, in any case. */
    public static Optional<CimType> of(String wireName) {
        for (CimType each : values()) {
            if (each.name().equalsIgnoreCase(wireName)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
