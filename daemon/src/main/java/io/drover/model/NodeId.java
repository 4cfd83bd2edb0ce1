package io.drover.model;

/** Name of a node: one Hyper-V host with its agent. */
public record NodeId(String value) implements Comparable<NodeId> {
    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is not 1 to 63 letters, digits, {@code .}, {@code _} or {@code -},
     *     beginning with a letter or digit
     */
    public NodeId {
        Names.check("node", value);
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
