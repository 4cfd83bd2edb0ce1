package io.drover.sim.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Figures of one kind, one for each run. */
final class Sample {
    private final List<Double> figures = new ArrayList<>();

    void add(double figure) {
        figures.add(figure);
    }

    int size() {
        return figures.size();
    }

    /** The middle one; of an even number the mean of the two in the middle. */
    double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /**
     * The least figure that this share of all do not exceed.
     *
     * @param share above 0, up to 1
     */
    double percentile(double share) {
        List<Double> sorted = sorted();
        int rank = (int) Math.ceil(share * sorted.size());
        return sorted.get(Math.max(1, rank) - 1);
    }

    double max() {
        return percentile(1);
    }

    private List<Double> sorted() {
        if (figures.isEmpty()) {
            throw new IllegalStateException("a sample without figures");
        }
        List<Double> sorted = new ArrayList<>(figures);
        Collections.sort(sorted);
        return sorted;
    }
}
