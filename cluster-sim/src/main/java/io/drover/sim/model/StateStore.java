package io.drover.sim.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Every state that was found, exactly, in the order in which it was found, and from which other state. A breadth-first
 * search needs no other queue.
 */
final class StateStore {
    private static final int CHUNK_BITS = 16;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final int words;
    private final List<long[]> packed = new ArrayList<>();
    private final List<int[]> parents = new ArrayList<>();
    /** Open addressing; number of a state plus one, 0: free. */
    private int[] table = new int[1 << 16];

    private int size;

    StateStore(int words) {
        this.words = words;
    }

    int size() {
        return size;
    }

    int parent(int number) {
        return parents.get(number >>> CHUNK_BITS)[number & (CHUNK - 1)];
    }

    void read(int number, long[] into) {
        System.arraycopy(packed.get(number >>> CHUNK_BITS), (number & (CHUNK - 1)) * words, into, 0, words);
    }

    /** The number of a state; -1 if it was never found. */
    int find(long[] state) {
        return table[slot(state)] - 1;
    }

    /**
     * Adds a state unless it is there.
     *
     * @return whether it is new; its number is then {@code size() - 1}
     */
    boolean add(long[] state, int parent) {
        int slot = slot(state);
        if (table[slot] != 0) {
            return false;
        }
        int within = size & (CHUNK - 1);
        if (within == 0) {
            packed.add(new long[CHUNK * words]);
            parents.add(new int[CHUNK]);
        }
        System.arraycopy(state, 0, packed.get(size >>> CHUNK_BITS), within * words, words);
        parents.get(size >>> CHUNK_BITS)[within] = parent;
        table[slot] = ++size;
        if (size > table.length - (table.length >>> 2)) {
            grow();
        }
        return true;
    }

    private int slot(long[] state) {
        int slot = hash(state) & (table.length - 1);
        while (table[slot] != 0 && !isAt(table[slot] - 1, state)) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private boolean isAt(int number, long[] state) {
        int start = (number & (CHUNK - 1)) * words;
        return Arrays.equals(packed.get(number >>> CHUNK_BITS), start, start + words, state, 0, words);
    }

    private void grow() {
        if (table.length == 1 << 30) {
            throw new IllegalStateException("the search: " + size + " states (expected: fewer than 800 million)");
        }
        table = new int[table.length * 2];
        long[] state = new long[words];
        for (int number = 0; number < size; number++) {
            read(number, state);
            table[slot(state)] = number + 1;
        }
    }

    private static int hash(long[] state) {
        long mixed = 0x9E3779B97F4A7C15L;
        for (long word : state) {
            mixed = (mixed ^ word) * 0xBF58476D1CE4E5B9L;
            mixed ^= mixed >>> 29;
        }
        mixed *= 0x94D049BB133111EBL;
        return (int) (mixed ^ (mixed >>> 32));
    }
}
