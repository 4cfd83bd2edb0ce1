package io.drover.sim.model;

/** Is told how far a search is, and says whether it goes on. */
@FunctionalInterface
public interface Progress {
    /**
     * Called each time another 65,536 states have been looked at.
     *
     * @param states that were found so far
     * @param frontier how many of them are still to be looked at
     * @param depth how many steps lead to those at the least
     * @return whether the search goes on
     */
    boolean reached(int states, int frontier, int depth);
}
