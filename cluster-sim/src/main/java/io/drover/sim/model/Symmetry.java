package io.drover.sim.model;

import io.drover.sim.model.Variable.Dimension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * States that differ only in who is called what behave alike: one of them stands for all. Of the images of a state under
 * the given renamings it is the least; voters, of which there are too many renamings, are put in order instead.
 */
final class Symmetry implements Consumer<State> {
    private final List<Image> images = new ArrayList<>();
    private final int[][] sorted;
    /** How many cells at the beginning are not about the interchangeable ones. */
    private final int prefix;

    private final State best;
    private final State tried;

    /** A renaming, cell by cell: where the value comes from, and what it becomes; empty: it stays what it is. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Image(int[] from, byte[][] values) {
        void of(State s, State into) {
            for (int cell = 0; cell < from.length; cell++) {
                byte value = s.cells[from[cell]];
                into.cells[cell] = values[cell].length == 0 ? value : values[cell][value];
            }
        }

        /** Compares the first cells of the image with those of another state, without making the image. */
        int compare(State s, State other, int cells) {
            for (int cell = 0; cell < cells; cell++) {
                byte value = s.cells[from[cell]];
                int difference = (values[cell].length == 0 ? value : values[cell][value]) - other.cells[cell];
                if (difference != 0) {
                    return difference;
                }
            }
            return 0;
        }
    }

    /**
     * For a model.
     *
     * @param renamings each of them says for some dimensions which index takes the place of which
     * @param interchangeable a dimension whose indices no value refers to and that is put in order; of size 1: none
     */
    Symmetry(Layout layout, List<Map<Dimension, int[]>> renamings, Dimension interchangeable) {
        renamings.forEach(renaming -> images.add(image(layout, renaming)));
        sorted = layout.cellsBy(interchangeable);
        prefix = Arrays.stream(sorted).flatMapToInt(Arrays::stream).min().orElse(layout.size());
        best = layout.newState();
        tried = layout.newState();
    }

    private static Image image(Layout layout, Map<Dimension, int[]> renaming) {
        int[] from = new int[layout.size()];
        byte[][] values = new byte[layout.size()][0];
        for (Variable variable : layout.variables()) {
            byte[] table = variable.renamed(renaming);
            for (int cell = 0; cell < variable.size(); cell++) {
                int to = variable.first + variable.moved(cell, renaming);
                from[to] = variable.first + cell;
                values[to] = table;
            }
        }
        return new Image(from, values);
    }

    @Override
    public void accept(State s) {
        order(s);
        if (images.isEmpty()) {
            return;
        }
        best.become(s);
        for (Image image : images) {
            int difference = image.compare(s, best, prefix);
            if (difference > 0) {
                continue;
            }
            image.of(s, tried);
            order(tried);
            if (difference < 0 || Arrays.compare(tried.cells, best.cells) < 0) {
                best.become(tried);
            }
        }
        s.become(best);
    }

    private void order(State s) {
        for (int end = sorted.length - 1; end > 0; end--) {
            for (int i = 0; i < end; i++) {
                order(s, sorted[i], sorted[i + 1]);
            }
        }
    }

    private static void order(State s, int[] first, int[] second) {
        for (int i = 0; i < first.length; i++) {
            int difference = s.cells[first[i]] - s.cells[second[i]];
            if (difference < 0) {
                return;
            } else if (difference > 0) {
                for (int j = i; j < first.length; j++) {
                    s.swap(first[j], second[j]);
                }
                return;
            }
        }
    }
}
