package io.drover.wsman;

/**
 * One value as it came over the wire, which does not say of which type it is: who reads it must know, and the accessors
 * of {@link CimProperties} are for that.
 */
public sealed interface CimValue {
    /** There is a property, and it has no value. */
    record Nil() implements CimValue {}

    /**
     * A string, number, boolean, or byte.
     *
     * @param text as it came
     */
    record Text(String text) implements CimValue {}

    /**
     * A point in time or an interval.
     *
     * @param text as it came: ISO 8601, or DMTF in an {@code INSTANCE} text
     */
    record Time(String text) implements CimValue {}

    /**
     * A pointer to an object.
     *
     * @param target the object
     */
    record Reference(CimReference target) implements CimValue {}

    /**
     * An object inside of another one.
     *
     * @param instance the object
     */
    record Embedded(CimInstance instance) implements CimValue {}
}
