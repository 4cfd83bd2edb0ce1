package io.drover.sim.model;

import java.util.Set;

/** The way into the model from outside: searches one setting. */
public final class Check {
    private Check() {}

    /**
     * Searches what a setting reaches, the nearest states first.
     *
     * @param setting what is in the model
     * @param without the rules that are left out; empty: the protocol as it is meant to be
     * @param most gives up when there are as many states as this
     * @param progress is told now and then how far it is, in the thread of the caller
     * @throws OutOfMemoryError if the states do not fit into the heap
     */
    public static Outcome run(Setting setting, Set<Mutant> without, int most, Progress progress) {
        return new Search(Protocol.model(setting, without), progress).run(most);
    }
}
