package io.drover.sim.hyperv.schema;

import java.util.Locale;

/** Types of CIM (DSP0004), as far as the classes of Hyper-V use them. */
public enum CimType {
    /** True or false. */
    BOOLEAN,
    /** Text. */
    STRING,
    /** A moment or an interval. */
    DATETIME,
    /** 0 to 255. */
    UINT8,
    /** -128 to 127. */
    SINT8,
    /** 0 to 65535. */
    UINT16,
    /** -32768 to 32767. */
    SINT16,
    /** 32 bits without a sign. */
    UINT32,
    /** 32 bits with a sign. */
    SINT32,
    /** 64 bits without a sign; values of more than 63 bits do not occur here. */
    UINT64,
    /** 64 bits with a sign. */
    SINT64,
    /** Points to an object. */
    REFERENCE,
    /** An object inside of another one, as its properties. */
    OBJECT;

    /** The name in schemas and in the TYPE attribute of CIM-XML. */
    public String cimName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether values are whole numbers. */
    public boolean isNumber() {
        return ordinal() >= UINT8.ordinal() && ordinal() <= SINT64.ordinal();
    }

    /** Whether a number is one of this type. */
    public boolean holds(long value) {
        return switch (this) {
            case UINT8 -> value >= 0 && value <= 0xFF;
            case SINT8 -> value == (byte) value;
            case UINT16 -> value >= 0 && value <= 0xFFFF;
            case SINT16 -> value == (short) value;
            case UINT32 -> value >= 0 && value <= 0xFFFF_FFFFL;
            case SINT32 -> value == (int) value;
            case UINT64 -> value >= 0;
            case SINT64 -> true;
            case BOOLEAN, STRING, DATETIME, REFERENCE, OBJECT -> false;
        };
    }
}
