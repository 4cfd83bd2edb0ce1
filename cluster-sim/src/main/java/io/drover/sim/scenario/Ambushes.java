package io.drover.sim.scenario;

import io.drover.coordination.Epoch;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.NodeRecord;
import io.drover.model.Phase;
import io.drover.model.VmRecord;
import io.drover.model.VoterSet;
import io.drover.sim.kernel.Kernel;
import io.drover.sim.shell.Cluster;
import io.drover.sim.world.Ensemble;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Lets what has been laid in wait happen as soon as the cluster comes to the point that it waits for. */
final class Ambushes {
    private final Kernel kernel;
    private final Consumer<Act> perform;
    private final List<Act.Ambush> laid = new ArrayList<>();
    private boolean isOver;

    Ambushes(Cluster cluster, Consumer<Act> perform) {
        this.kernel = cluster.world().kernel();
        this.perform = perform;
        cluster.world()
                .ensemble()
                .observe((writer, epoch, changed) ->
                        changed.forEach(change -> point(change).ifPresent(this::reached)));
        cluster.world().watchGuests((host, state) -> point(state).ifPresent(this::reached));
    }

    void lay(Act.Ambush ambush) {
        laid.add(ambush);
    }

    /** Everything is repaired: nothing more happens. */
    void end() {
        isOver = true;
        laid.clear();
    }

    private static Optional<Act.Point> point(Ensemble.Changed change) {
        Object after = change.after();
        if (after instanceof NodeRecord node && node.fencing() == FencingState.FENCING) {
            return Optional.of(Act.Point.FENCING);
        } else if (after instanceof NodeRecord node && node.fencing() == FencingState.FENCED) {
            return Optional.of(Act.Point.FENCED);
        } else if (after instanceof VmRecord vm && vm.phase() instanceof Phase.Assigned) {
            return Optional.of(Act.Point.ASSIGNED);
        } else if (after instanceof VmRecord vm && vm.phase() instanceof Phase.Migrating) {
            return Optional.of(Act.Point.MIGRATING);
        } else if (after instanceof VoterSet) {
            return Optional.of(Act.Point.VOTERS);
        }
        return after instanceof Epoch ? Optional.of(Act.Point.EPOCH) : Optional.empty();
    }

    private static Optional<Act.Point> point(GuestState state) {
        return switch (state) {
            case RUNNING -> Optional.of(Act.Point.EXECUTES);
            case PAUSED -> Optional.of(Act.Point.PAUSED);
            case ARRIVED -> Optional.of(Act.Point.ARRIVED);
            case OFF, SAVED, INCOMING, DEPARTED -> Optional.empty();
        };
    }

    private void reached(Act.Point point) {
        if (laid.isEmpty()) {
            return;
        }
        for (Act.Ambush ambush : List.copyOf(laid)) {
            if (ambush.point() == point) {
                laid.remove(ambush);
                ambush.then().forEach(this::plan);
            }
        }
    }

    private void plan(Scenario.Moment moment) {
        // Not at once, even if it says so: what has brought the cluster to this point is not over.
        kernel.plan(kernel.now() + Math.max(1, moment.at().toNanos()), () -> {
            if (!isOver) {
                moment.acts().forEach(perform);
            }
        });
    }
}
