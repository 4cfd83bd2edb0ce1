package io.drover.sim.model;

/**
 * One state of a model: the value of each variable, as {@link Layout} arranged them. A command's effect writes into it;
 * the search never lets two commands share one.
 */
final class State {
    /** One byte for each variable and index: what the variable's lowest value is counted from zero. */
    final byte[] cells;

    State(int size) {
        cells = new byte[size];
    }

    void become(State other) {
        System.arraycopy(other.cells, 0, cells, 0, cells.length);
    }

    void swap(int a, int b) {
        byte kept = cells[a];
        cells[a] = cells[b];
        cells[b] = kept;
    }
}
