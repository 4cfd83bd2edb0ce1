package io.drover.model;

/** Name of a clustered VM, unique in its cluster. */
public record VmId(String value) implements Comparable<VmId> {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is not 1 to 63 letters, digits, {@code .}, {@code _} or {@code -},
     *     beginning with a letter or digit
     */
    public VmId {
        Names.check("VM", value);
    }

    @Override
    public int compareTo(VmId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
