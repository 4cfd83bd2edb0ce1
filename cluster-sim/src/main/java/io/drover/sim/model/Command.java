package io.drover.sim.model;

import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Something that may happen: in every state in which its guard holds, it is one of the next steps.
 *
 * @param name what a reader of a counterexample sees
 * @param guard whether it may happen
 * @param effect what it changes
 */
record Command(String name, Predicate<State> guard, Consumer<State> effect) {}
