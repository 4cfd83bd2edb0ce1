package io.drover.sim.model;

import io.drover.sim.model.Variable.Dimension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The variables of a model, and how a state is packed into as few words as possible. A variable that a configuration
 * does not use is declared with a single value and costs nothing.
 */
final class Layout {
    private final List<Variable> variables = new ArrayList<>();
    private int size;

    Flag flag(String name, boolean isUsed, Dimension... dimensions) {
        return add(new Flag(name, List.of(dimensions), isUsed, size));
    }

    /** A number from a range. */
    Count count(String name, int least, int most, Dimension... dimensions) {
        return add(new Count(name, List.of(dimensions), least, most, false, size));
    }

    /** A number from 0, or none, which it is at first; never any if the highest is negative. */
    Count optionalCount(String name, int most, Dimension... dimensions) {
        return add(new Count(name, List.of(dimensions), 0, Math.max(-1, most), true, size));
    }

    <E extends Enum<E>> Choice<E> choice(String name, E[] values, boolean isUsed, Dimension... dimensions) {
        return add(new Choice<>(name, List.of(dimensions), values, isUsed, size));
    }

    private <V extends Variable> V add(V variable) {
        variables.add(variable);
        size += variable.size();
        return variable;
    }

    List<Variable> variables() {
        return List.copyOf(variables);
    }

    /** How many cells a state has. */
    int size() {
        return size;
    }

    State newState() {
        return new State(size);
    }

    /** How many bits a packed state has. */
    int bits() {
        return variables.stream()
                .mapToInt(variable -> variable.bits() * variable.size())
                .sum();
    }

    int words() {
        // A value does not cross from one word to the next: a few bits of each word may be lost.
        return packer().words;
    }

    Packer packer() {
        int[] widths = new int[size];
        for (Variable variable : variables) {
            Arrays.fill(widths, variable.first, variable.first + variable.size(), variable.bits());
        }
        return new Packer(widths);
    }

    /** The cells that belong to each index of a dimension, in the same order for each index. */
    int[][] cellsBy(Dimension dimension) {
        List<List<Integer>> found = new ArrayList<>();
        for (int index = 0; index < dimension.size(); index++) {
            found.add(new ArrayList<>());
        }
        for (Variable variable : variables) {
            int position = variable.dimensions.indexOf(dimension);
            if (position < 0 || variable.bits() == 0) {
                continue;
            }
            int inner = variable.dimensions.subList(position + 1, variable.dimensions.size()).stream()
                    .mapToInt(Dimension::size)
                    .reduce(1, (a, b) -> a * b);
            for (int cell = 0; cell < variable.size(); cell++) {
                found.get(cell / inner % dimension.size()).add(variable.first + cell);
            }
        }
        return found.stream()
                .map(cells -> cells.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    /** What differs between two states, in words. */
    List<String> difference(State before, State after) {
        List<String> changes = new ArrayList<>();
        for (Variable variable : variables) {
            for (int cell = variable.first; cell < variable.first + variable.size(); cell++) {
                if (before.cells[cell] != after.cells[cell]) {
                    changes.add(variable.label(cell) + ": " + variable.text(before.cells[cell]) + " -> "
                            + variable.text(after.cells[cell]));
                }
            }
        }
        return changes;
    }

    /** Packs states into words and back. */
    static final class Packer {
        private final int[] widths;
        final int words;

        Packer(int[] widths) {
            this.widths = widths;
            int word = 0;
            int used = 0;
            for (int width : widths) {
                if (used + width > Long.SIZE) {
                    word++;
                    used = 0;
                }
                used += width;
            }
            words = word + 1;
        }

        void pack(State state, long[] packed) {
            int word = 0;
            int used = 0;
            long bits = 0;
            for (int cell = 0; cell < widths.length; cell++) {
                int width = widths[cell];
                if (used + width > Long.SIZE) {
                    packed[word++] = bits;
                    bits = 0;
                    used = 0;
                }
                bits |= (long) state.cells[cell] << used;
                used += width;
            }
            packed[word] = bits;
        }

        void unpack(long[] packed, State state) {
            int word = 0;
            int used = 0;
            long bits = packed[0];
            for (int cell = 0; cell < widths.length; cell++) {
                int width = widths[cell];
                if (used + width > Long.SIZE) {
                    bits = packed[++word];
                    used = 0;
                }
                state.cells[cell] = (byte) (bits & ((1 << width) - 1));
                bits >>>= width;
                used += width;
            }
        }
    }
}
