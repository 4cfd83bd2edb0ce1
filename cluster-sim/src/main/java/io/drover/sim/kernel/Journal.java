package io.drover.sim.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What happened in a run, line by line, and a fingerprint of it: two runs with the same fingerprint told the same story.
 * Keeps the newest lines only.
 */
public final class Journal {
    private static final long PRIME = 0x100000001B3L;

    private final Kernel kernel;
    private final int kept;
    private final List<String> lines = new ArrayList<>();
    private long fingerprint = 0xCBF29CE484222325L;
    private long count;

    /**
     * An empty one.
     *
     * @param kept how many lines are kept; 0: none, the fingerprint only
     */
    public Journal(Kernel kernel, int kept) {
        this.kernel = kernel;
        this.kept = kept;
    }

    /** Notes something. */
    public void note(String text) {
        count++;
        mix(kernel.now());
        for (int i = 0; i < text.length(); i++) {
            fingerprint = (fingerprint ^ text.charAt(i)) * PRIME;
        }
        if (kept > 0) {
            if (lines.size() >= 2 * kept) {
                lines.subList(0, kept).clear();
            }
            lines.add(seconds(kernel.now()) + " " + text);
        }
    }

    private void mix(long value) {
        for (int shift = 0; shift < Long.SIZE; shift += 16) {
            fingerprint = (fingerprint ^ ((value >>> shift) & 0xFFFF)) * PRIME;
        }
    }

    /** Whether lines are kept, so that a text is worth making. */
    public boolean isKept() {
        return kept > 0;
    }

    /** The newest lines, oldest first. */
    public List<String> lines() {
        return List.copyOf(lines.subList(Math.max(0, lines.size() - kept), lines.size()));
    }

    /** A number that tells runs apart. */
    public long fingerprint() {
        return fingerprint;
    }

    /** Lines noted, kept or not. */
    public long count() {
        return count;
    }

    /** A moment in seconds with three decimals. */
    public static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3fs", nanos / 1e9);
    }
}
