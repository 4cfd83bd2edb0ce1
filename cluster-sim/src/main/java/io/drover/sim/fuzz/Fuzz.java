package io.drover.sim.fuzz;

import io.drover.sim.shell.Defects;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs the histories of seeds. */
public final class Fuzz {
    private final OptionalInt nodes;
    private final Profile profile;
    private final Defects defects;

    /**
     * Of one kind.
     *
     * @param nodes how many; empty: as each seed has it, three to nine
     */
    public Fuzz(OptionalInt nodes, Profile profile, Defects defects) {
        this.nodes = nodes;
        this.profile = profile;
        this.defects = defects;
    }

    /**
     * What came of a seed.
     *
     * @param seed which
     * @param failure what is broken, in words; empty if nothing is
     * @param invariant its name; empty if nothing is broken
     * @param virtualNanos how long its history was
     * @param fingerprint of all that happened
     * @param journal the newest lines of what happened
     */
    public record Outcome(
            long seed,
            Optional<String> failure,
            String invariant,
            long virtualNanos,
            long fingerprint,
            List<String> journal) {}

    /** Runs the history of a seed. */
    public Outcome run(long seed, int journalKept) {
        return outcome(seed, Trial.of(Historian.of(seed, nodes, profile), seed, defects, journalKept));
    }

    /**
     * Runs a long history of a cluster in which something happens now and then, without a defect.
     *
     * @param gap between two troubles, on the average
     */
    public static Outcome sparse(long seed, int nodes, int vms, Duration length, Duration gap) {
        History history = Historian.sparse(seed, nodes, vms, length.toNanos(), gap.toNanos());
        return outcome(seed, Trial.of(history, seed, Defects.NONE, 0));
    }

    private static Outcome outcome(long seed, Trial.Outcome came) {
        return new Outcome(
                seed, came.failure(), came.invariant(), came.virtualNanos(), came.fingerprint(), came.journal());
    }

    /**
     * The smallest history that still breaks the same promise, found by leaving things out.
     *
     * @param trials how often it may try
     */
    public Shrunk shrink(long seed, int trials) {
        return Shrinker.shrink(Historian.of(seed, nodes, profile), seed, defects, trials);
    }

    /**
     * A history that has been made smaller.
     *
     * @param failure what is broken in it
     * @param lines what happens in it, in words
     * @param journal all that happened
     */
    public record Shrunk(String failure, List<String> lines, List<String> journal) {}

    /** The command that repeats a seed. */
    public String command(long seed) {
        return "drover-sim fuzz --seeds " + seed + ".." + seed
                + (nodes.isPresent() ? " --nodes " + nodes.getAsInt() : "") + " --profile "
                + profile.name().toLowerCase(java.util.Locale.ROOT);
    }
}
