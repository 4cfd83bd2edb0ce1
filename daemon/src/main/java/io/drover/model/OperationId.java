package io.drover.model;

/** Name of an operation: the epoch of the coordinator that made it, a hyphen, and a number. */
public record OperationId(String value) implements Comparable<OperationId> {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is not 1 to 63 letters, digits, {@code .}, {@code _} or {@code -},
     *     beginning with a letter or digit
     */
    public OperationId {
        Names.check("operation", value);
    }

    @Override
    public int compareTo(OperationId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
