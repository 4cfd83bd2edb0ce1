package io.drover.sim.model;

import java.util.List;
import java.util.Map;

/** A variable of a model, or one for each of some nodes, VMs, voters, coordinators. */
abstract sealed class Variable permits Flag, Count, Choice {
    final String name;
    final List<Dimension> dimensions;
    final int values;
    final int first;
    private final int second;
    private final int third;

    /** What it is indexed by. */
    record Dimension(String name, int size) {}

    Variable(String name, List<Dimension> dimensions, int values, int first) {
        this.name = name;
        this.dimensions = dimensions;
        this.values = values;
        this.first = first;
        this.third = dimensions.size() > 2 ? dimensions.get(2).size() : 1;
        this.second = dimensions.size() > 1 ? dimensions.get(1).size() * third : 1;
    }

    final int size() {
        return dimensions.stream().mapToInt(Dimension::size).reduce(1, (a, b) -> a * b);
    }

    /** How many bits a packed state needs for one value; none if there is only one. */
    final int bits() {
        return 32 - Integer.numberOfLeadingZeros(values - 1);
    }

    /** Where it is in a state. Indices that it does not have are zero. */
    final int cell(int i, int j, int k) {
        return dimensions.size() > 2 ? first + i * second + j * third + k : first + i * second + j;
    }

    final int raw(State s, int i, int j, int k) {
        return s.cells[cell(i, j, k)];
    }

    final void setRaw(State s, int i, int j, int k, int value) {
        if (value < 0 || value >= values) {
            throw new IllegalStateException(
                    name + ": value number " + value + " (expected: 0 to " + (values - 1) + ")");
        }
        s.cells[cell(i, j, k)] = (byte) value;
    }

    /** Where the value of a cell, counted from the variable's first, goes when indices are renamed. */
    final int moved(int cell, Map<Dimension, int[]> renaming) {
        int moved = 0;
        int weight = 1;
        int rest = cell;
        for (int d = dimensions.size() - 1; d >= 0; d--) {
            int index = rest % dimensions.get(d).size();
            int[] renamed = renaming.get(dimensions.get(d));
            moved += (renamed == null ? index : renamed[index]) * weight;
            weight *= dimensions.get(d).size();
            rest /= dimensions.get(d).size();
        }
        return moved;
    }

    /** What becomes of each value when indices are renamed; empty if no value is an index. */
    byte[] renamed(Map<Dimension, int[]> renaming) {
        return new byte[0];
    }

    /** The value in words. */
    abstract String text(int raw);

    /** Its name with the indices of one of its cells, such as {@code promise[voter 1, node 0]}. */
    final String label(int cell) {
        if (dimensions.isEmpty()) {
            return name;
        }
        StringBuilder text = new StringBuilder();
        int rest = cell - first;
        for (int d = dimensions.size() - 1; d >= 0; d--) {
            Dimension dimension = dimensions.get(d);
            String index = dimension.name() + " " + rest % dimension.size();
            text.insert(0, text.isEmpty() ? index : index + ", ");
            rest /= dimension.size();
        }
        return name + "[" + text + "]";
    }
}
