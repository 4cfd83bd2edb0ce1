package io.drover.sim.model;

import java.util.List;

/** A whole number from a small range; {@link #NONE} where there is none. */
final class Count extends Variable {
    /** No number. Only of variables whose range includes it. */
    static final int NONE = -100;

    private final int least;
    private final boolean hasNone;

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

    @Override
    String text(int raw) {
        return value(raw) == NONE ? "-" : Integer.toString(value(raw));
    }
}
