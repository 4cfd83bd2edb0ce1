package io.drover.engine.coordinator;

import io.drover.model.VoterSet;
import java.util.List;
import java.util.Optional;

/** Who votes. */
public final class Voters {
    private Voters() {}

    /**
     * The next set of voters.
     *
     * @param next what is to be stored
     * @param why what changes and why, in words
     */
    public record Change(VoterSet next, String why) {}

    /**
     * What is to be stored of the voters now; empty if nothing changes.
     *
     * @param view as {@link Takeovers#seen} returned it
     */
    public static Optional<Change> next(ClusterView view) {
        return Optional.empty();
    }

    static void duties(ClusterView view, List<FencingDuty> duties) {}
}
