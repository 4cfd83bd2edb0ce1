package io.drover.sim.model;

import java.util.List;

/** One of a few values; the first of them at the beginning. */
@SuppressWarnings("EnumOrdinal") // lives as long as one search, and is packed by it
final class Choice<E extends Enum<E>> extends Variable {
    private final E[] all;

    Choice(String name, List<Dimension> dimensions, E[] all, boolean isUsed, int first) {
        super(name, dimensions, isUsed ? all.length : 1, first);
        this.all = all;
    }

    E get(State s, int i) {
        return all[raw(s, i, 0, 0)];
    }

    E get(State s, int i, int j) {
        return all[raw(s, i, j, 0)];
    }

    boolean is(State s, int i, E value) {
        return raw(s, i, 0, 0) == value.ordinal();
    }

    boolean is(State s, int i, int j, E value) {
        return raw(s, i, j, 0) == value.ordinal();
    }

    void set(State s, int i, E value) {
        setRaw(s, i, 0, 0, value.ordinal());
    }

    void set(State s, int i, int j, E value) {
        setRaw(s, i, j, 0, value.ordinal());
    }

    @Override
    String text(int raw) {
        return all[raw].toString();
    }
}
