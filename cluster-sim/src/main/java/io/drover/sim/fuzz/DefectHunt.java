package io.drover.sim.fuzz;

import io.drover.sim.shell.Defect;
import io.drover.sim.shell.Defects;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Looks for the first history in which a guard that was left out is missed. */
public final class DefectHunt {
    private final Fuzz fuzz;
    private final Profile profile;

    /**
     * For a defect.
     *
     * @param nodes how many; empty: as each seed has it
     * @param wanted which troubles there may be; empty: those that meet the defect soonest
     */
    public DefectHunt(Defect defect, OptionalInt nodes, Optional<Profile> wanted) {
        this.profile = wanted.orElseGet(() -> Profile.valueOf(defect.profile().toUpperCase(Locale.ROOT)));
        this.fuzz = new Fuzz(nodes, profile, new Defects(Set.of(defect)));
    }

    /**
     * What came of it.
     *
     * @param found the first history that breaks a promise; empty if none does
     * @param histories how many were played
     */
    public record Outcome(Optional<Fuzz.Outcome> found, long histories) {}

    /** Which troubles there may be. */
    public Profile profile() {
        return profile;
    }

    /** The histories that it plays. */
    public Fuzz fuzz() {
        return fuzz;
    }

    /** Plays the histories of seeds, in their order, until a promise is broken. */
    public Outcome search(long first, long last) {
        for (long seed = first; seed <= last; seed++) {
            Fuzz.Outcome outcome = fuzz.run(seed, 0);
            if (outcome.failure().isPresent()) {
                return new Outcome(Optional.of(outcome), seed - first + 1);
            }
        }
        return new Outcome(Optional.empty(), last - first + 1);
    }
}
