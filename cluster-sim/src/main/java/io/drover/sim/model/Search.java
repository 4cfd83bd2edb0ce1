package io.drover.sim.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Reaches every state of a model, the nearest first, so that the first violation that it meets is one of the shortest.
 * All states are kept exactly: nothing is lost to a hash.
 */
final class Search {
    /** How many states lie between two reports of progress. */
    private static final int REPORT_EVERY = 1 << 16;

    private final Model model;
    private final Layout.Packer packer;
    private final StateStore store;
    private final Progress progress;
    private final State state;
    private final State next;
    private final long[] packed;

    /**
     * Prepares one.
     *
     * @param progress is told now and then how far it is
     */
    Search(Model model, Progress progress) {
        this.model = model;
        this.progress = progress;
        packer = model.layout().packer();
        store = new StateStore(packer.words);
        state = model.layout().newState();
        next = model.layout().newState();
        packed = new long[packer.words];
    }

    /**
     * Runs it.
     *
     * @param most gives up when there are as many states as this
     */
    Outcome run(int most) {
        next.become(model.initial());
        add(-1);
        int depth = 0;
        int levelEnd = store.size();
        for (int number = 0; number < store.size(); number++) {
            if (number % REPORT_EVERY == 0 && !progress.reached(store.size(), store.size() - number, depth)) {
                return new Outcome(store.size(), depth, false, Optional.empty());
            }
            if (number == levelEnd) {
                depth++;
                levelEnd = store.size();
            }
            load(number);
            for (Command command : model.commands()) {
                if (!command.guard().test(state)) {
                    continue;
                }
                next.become(state);
                command.effect().accept(next);
                Optional<String> broken = add(number);
                if (broken.isPresent()) {
                    Outcome.Violation violation = new Outcome.Violation(broken.get(), trace(store.size() - 1));
                    return new Outcome(store.size(), depth + 1, false, Optional.of(violation));
                }
                if (store.size() >= most) {
                    return new Outcome(store.size(), depth, false, Optional.empty());
                }
            }
        }
        return new Outcome(store.size(), depth, true, Optional.empty());
    }

    private void load(int number) {
        store.read(number, packed);
        packer.unpack(packed, state);
    }

    /** Takes what {@link #next} holds; which promise it breaks, if it is new and breaks one. */
    private Optional<String> add(int parent) {
        model.normalise().accept(next);
        packer.pack(next, packed);
        if (!store.add(packed, parent)) {
            return Optional.empty();
        }
        for (Invariant invariant : model.invariants()) {
            if (!invariant.holds().test(next)) {
                return Optional.of(invariant.name());
            }
        }
        return Optional.empty();
    }

    /**
     * After a complete run: a state from which no good one can be reached any more.
     *
     * @return the shortest way to the first such state; empty if there is none
     */
    Optional<List<Outcome.Step>> stuck() {
        BitSet live = new BitSet(store.size());
        boolean hasGrown = true;
        while (hasGrown) {
            hasGrown = false;
            // What leads to a good state mostly lies after it in the search: backwards, few rounds suffice.
            for (int number = store.size() - 1; number >= 0; number--) {
                if (!live.get(number) && leadsOn(number, live)) {
                    live.set(number);
                    hasGrown = true;
                }
            }
        }
        int first = live.nextClearBit(0);
        return first < store.size() ? Optional.of(trace(first)) : Optional.empty();
    }

    private boolean leadsOn(int number, BitSet live) {
        load(number);
        if (model.isGood().test(state)) {
            return true;
        }
        for (Command command : model.commands()) {
            if (command.guard().test(state)) {
                next.become(state);
                command.effect().accept(next);
                model.normalise().accept(next);
                packer.pack(next, packed);
                if (live.get(store.find(packed))) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * The way to a state. The states on it are kept as those that stand for others; the way is walked again from the
     * beginning, so that a name means the same from the first step to the last.
     */
    private List<Outcome.Step> trace(int last) {
        Deque<Integer> way = new ArrayDeque<>();
        for (int number = last; number > 0; number = store.parent(number)) {
            way.push(number);
        }
        List<Outcome.Step> steps = new ArrayList<>();
        State at = model.layout().newState();
        at.become(model.initial());
        for (int number : way) {
            steps.add(step(at, number));
        }
        return steps;
    }

    private Outcome.Step step(State at, int to) {
        State tried = model.layout().newState();
        for (Command command : model.commands()) {
            if (!command.guard().test(at)) {
                continue;
            }
            tried.become(at);
            command.effect().accept(tried);
            next.become(tried);
            model.normalise().accept(next);
            packer.pack(next, packed);
            if (store.find(packed) == to) {
                List<String> changes = model.layout().difference(at, tried);
                at.become(tried);
                return new Outcome.Step(command.name(), changes);
            }
        }
        throw new IllegalStateException("the way to state " + to + " is lost (expected: a command that leads there)");
    }
}
