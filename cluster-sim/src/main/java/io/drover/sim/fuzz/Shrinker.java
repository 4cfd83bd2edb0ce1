package io.drover.sim.fuzz;

import io.drover.sim.kernel.Journal;
import io.drover.sim.scenario.Scenario;
import io.drover.sim.shell.ClusterPlan;
import io.drover.sim.shell.Defects;
import io.drover.sim.world.Weather;
import java.util.ArrayList;
import java.util.List;

/** Leaves out of a history what it does not need in order to break the same promise. */
final class Shrinker {
    private static final int JOURNAL = 4_000;

    private final long seed;
    private final Defects defects;
    private final String invariant;
    private int trialsLeft;
    private History best;

    private Shrinker(History history, long seed, Defects defects, String invariant, int trials) {
        this.best = history;
        this.seed = seed;
        this.defects = defects;
        this.invariant = invariant;
        this.trialsLeft = trials;
    }

    static Fuzz.Shrunk shrink(History history, long seed, Defects defects, int trials) {
        Trial.Outcome first = Trial.of(history, seed, defects, 0);
        Shrinker shrinker = new Shrinker(history, seed, defects, first.invariant(), trials);
        shrinker.cutTail(first.virtualNanos());
        boolean isSmaller = true;
        while (isSmaller && shrinker.trialsLeft > 0) {
            isSmaller = shrinker.dropMoments();
            isSmaller = shrinker.dropWeather() || isSmaller;
            isSmaller = shrinker.dropGuests() || isSmaller;
        }
        Trial.Outcome last = Trial.of(shrinker.best, seed, defects, JOURNAL);
        return new Fuzz.Shrunk(
                last.failure().orElse("it does not fail any more"), lines(shrinker.best), last.journal());
    }

    private boolean take(History smaller) {
        if (trialsLeft <= 0) {
            return false;
        }
        trialsLeft--;
        boolean isBroken = Trial.of(smaller, seed, defects, 0).invariant().equals(invariant);
        if (isBroken) {
            best = smaller;
        }
        return isBroken;
    }

    /** What would have come after the promise was broken. */
    private void cutTail(long brokenAt) {
        take(best.with(best.moments().stream()
                .filter(moment -> moment.at().toNanos() <= brokenAt)
                .toList()));
    }

    private boolean dropMoments() {
        boolean isSmaller = false;
        for (int length = Math.max(1, best.moments().size() / 2); length >= 1; length /= 2) {
            for (int from = 0; from < best.moments().size() && trialsLeft > 0; ) {
                List<Scenario.Moment> fewer = new ArrayList<>(best.moments());
                fewer.subList(from, Math.min(fewer.size(), from + length)).clear();
                if (take(best.with(fewer))) {
                    isSmaller = true;
                } else {
                    from += length;
                }
            }
        }
        return isSmaller;
    }

    private boolean dropWeather() {
        boolean isSmaller = false;
        Weather now = best.weather();
        if (!now.isFair()) {
            isSmaller = take(best.with(Weather.FAIR))
                    || take(best.with(now.withNetwork(Weather.FAIR)))
                    || take(best.with(now.withHypervisor(Weather.FAIR)))
                    || take(best.with(now.withZooKeeper(Weather.FAIR)));
        }
        boolean isCalmer = !best.guestFaults().isEmpty() && take(best.withGuestFaults(List.of()));
        return isCalmer || isSmaller;
    }

    private boolean dropGuests() {
        boolean isSmaller = false;
        for (int i = best.plan().vms().size() - 1; i >= 0 && trialsLeft > 0; i--) {
            ClusterPlan plan = best.plan();
            List<ClusterPlan.Vm> fewer = new ArrayList<>(plan.vms());
            ClusterPlan.Vm gone = fewer.remove(i);
            boolean isNamed = lines(best).stream()
                            .anyMatch(line -> line.contains("vm=" + gone.spec().id() + ","))
                    || best.guestFaults().stream()
                            .anyMatch(fault -> fault.vm().equals(gone.spec().id()));
            if (!isNamed && !fewer.isEmpty()) {
                isSmaller |= take(best.with(plan.withVms(fewer)));
            }
        }
        return dropNodes() || isSmaller;
    }

    /** The last node goes, if nothing in the history needs it. */
    private boolean dropNodes() {
        ClusterPlan plan = best.plan();
        int last = plan.nodes().size() - 1;
        if (last < plan.servers() || last < 3) {
            return false;
        }
        ClusterPlan.Node gone = plan.nodes().get(last);
        String name = gone.id().value();
        boolean isNamed = lines(best).stream().anyMatch(line -> line.contains(name))
                || plan.vms().stream()
                        .anyMatch(vm -> vm.owner().filter(gone.id()::equals).isPresent());
        return !isNamed && take(best.with(plan.withNodes(plan.nodes().subList(0, last))));
    }

    /** A history in words. */
    static List<String> lines(History history) {
        List<String> lines = new ArrayList<>();
        lines.add(history.plan().nodes().size() + " nodes, "
                + history.plan().vms().size() + " VMs, repaired at " + Journal.seconds(history.repairedAt()));
        if (!history.weather().isFair()) {
            lines.add(history.weather().toString());
        }
        history.guestFaults().forEach(fault -> lines.add(fault.toString()));
        history.moments().stream()
                .sorted(java.util.Comparator.comparing(Scenario.Moment::at))
                .forEach(moment -> moment.acts()
                        .forEach(act -> lines.add(Journal.seconds(moment.at().toNanos()) + " " + act)));
        return lines;
    }
}
