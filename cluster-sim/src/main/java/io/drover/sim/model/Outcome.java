package io.drover.sim.model;

import java.util.List;
import java.util.Optional;

/**
 * What a search found.
 *
 * @param states how many different ones were reached
 * @param depth of the last one: how many steps it takes at the least to get there
 * @param isComplete whether all that can be reached was reached
 * @param violation the shortest way to a state that must not be
 */
public record Outcome(int states, int depth, boolean isComplete, Optional<Violation> violation) {
    /**
     * How a promise is broken.
     *
     * @param broken which one
     * @param steps that lead there, the first one first
     */
    public record Violation(String broken, List<Step> steps) {}

    /**
     * One step.
     *
     * @param command that was taken
     * @param changes what it changed, in words
     */
    public record Step(String command, List<String> changes) {}
}
