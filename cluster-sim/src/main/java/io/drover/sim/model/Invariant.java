package io.drover.sim.model;

import java.util.function.Predicate;

/**
 * What holds in every state that can be reached.
 *
 * @param name the promise
 */
record Invariant(String name, Predicate<State> holds) {}
