package io.drover.sim.model;

import java.util.List;

/** Yes or no. */
final class Flag extends Variable {
    Flag(String name, List<Dimension> dimensions, boolean isUsed, int first) {
        super(name, dimensions, isUsed ? 2 : 1, first);
    }

    boolean is(State s, int i) {
        return raw(s, i, 0, 0) != 0;
    }

    boolean is(State s, int i, int j) {
        return raw(s, i, j, 0) != 0;
    }

    void set(State s, int i, boolean value) {
        setRaw(s, i, 0, 0, value ? 1 : 0);
    }

    void set(State s, int i, int j, boolean value) {
        setRaw(s, i, j, 0, value ? 1 : 0);
    }

    @Override
    String text(int raw) {
        return raw == 0 ? "no" : "yes";
    }
}
