package io.drover.sim.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A whole number from a small range; {@link #NONE} where there is none. */
final class Count extends Variable {
    /** No number. Only of variables whose range includes it. */
    static final int NONE = -100;

    private final int least;
    private final boolean hasNone;
    private Optional<Dimension> refersTo = Optional.empty();

    Count(String name, List<Dimension> dimensions, int least, int most, boolean hasNone, int first) {
        super(name, dimensions, most - least + 1 + (hasNone ? 1 : 0), first);
        this.least = least;
        this.hasNone = hasNone;
    }

    int get(State s, int i) {
        return value(raw(s, i, 0, 0));
    }

    int get(State s, int i, int j) {
        return value(raw(s, i, j, 0));
    }

    int get(State s, int i, int j, int k) {
        return value(raw(s, i, j, k));
    }

    boolean has(State s, int i, int j) {
        return get(s, i, j) != NONE;
    }

    void set(State s, int i, int value) {
        setRaw(s, i, 0, 0, raw(value));
    }

    void set(State s, int i, int j, int value) {
        setRaw(s, i, j, 0, raw(value));
    }

    void set(State s, int i, int j, int k, int value) {
        setRaw(s, i, j, k, raw(value));
    }

    private int value(int raw) {
        if (hasNone) {
            return raw == 0 ? NONE : raw - 1 + least;
        }
        return raw + least;
    }

    private int raw(int value) {
        if (hasNone) {
            return value == NONE ? 0 : value - least + 1;
        }
        return value - least;
    }

    /** Its values are indices of a dimension. */
    Count of(Dimension indices) {
        refersTo = Optional.of(indices);
        return this;
    }

    @Override
    byte[] renamed(Map<Dimension, int[]> renaming) {
        int[] indices = refersTo.map(renaming::get).orElse(null);
        if (indices == null || values == 1) {
            return new byte[0];
        }
        byte[] table = new byte[values];
        for (int raw = 0; raw < values; raw++) {
            int value = value(raw);
            table[raw] = (byte) raw(value == NONE ? NONE : indices[value]);
        }
        return table;
    }

    @Override
    String text(int raw) {
        return value(raw) == NONE ? "-" : Integer.toString(value(raw));
    }
}
