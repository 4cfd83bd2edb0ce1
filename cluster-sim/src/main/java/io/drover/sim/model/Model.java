package io.drover.sim.model;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What a search explores. Knows nothing of the search.
 *
 * @param layout its variables
 * @param initial the only state at the beginning
 * @param commands all that may happen
 * @param invariants what must hold after each step
 * @param normalise turns a state into the one that stands for all that differ from it in nothing but names, or in what
 *     nobody can ever read again
 * @param isGood what must be reachable from every state, for the liveness check
 */
record Model(
        Layout layout,
        State initial,
        List<Command> commands,
        List<Invariant> invariants,
        Consumer<State> normalise,
        Predicate<State> isGood) {}
