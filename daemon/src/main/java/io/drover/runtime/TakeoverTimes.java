package io.drover.runtime;

import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.Reports;
import io.drover.engine.coordinator.SignsOfLife;
import io.drover.metrics.FencingMetrics;
import io.drover.metrics.FencingMetrics.Part;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.NodeId;
import io.drover.model.Phase;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Measures how long take-overs take, from the views of one leadership. What began before it is not measured: nobody knows
 * when. On the event loop.
 */
final class TakeoverTimes {
    private final FencingMetrics metrics;
    private final Map<NodeId, Fencing> fencing = new TreeMap<>();
    private final Map<VmId, Lost> lost = new TreeMap<>();
    private boolean hasLooked;

    /** A node that is being fenced, and since when. */
    private record Fencing(long incarnation, Instant since) {}

    /** A VM whose node is fenced, and since when. */
    private record Lost(NodeId node, Instant since) {}

    TakeoverTimes(FencingMetrics metrics) {
        this.metrics = metrics;
    }

    /** A new leadership. */
    void begin() {
        fencing.clear();
        lost.clear();
        hasLooked = false;
    }

    /** How things stand now. */
    void look(ClusterView view) {
        view.nodes().values().forEach(node -> look(node, view));
        lost.keySet().retainAll(view.vms().keySet());
        view.vms().values().forEach(vm -> look(vm, view));
        hasLooked = true;
    }

    private void look(NodeView node, ClusterView view) {
        NodeId id = node.id();
        long incarnation = node.record().incarnation();
        FencingState state = node.record().fencing();
        Optional<Fencing> begun = Optional.ofNullable(fencing.get(id)).filter(old -> old.incarnation == incarnation);
        if (state == FencingState.FENCING && begun.isEmpty() && hasLooked) {
            fencing.put(id, new Fencing(incarnation, view.now()));
            metrics.took(Part.DETECTION, Duration.between(SignsOfLife.lastOrKnown(node, view), view.now()));
        } else if (state == FencingState.FENCED && begun.isPresent()) {
            fencing.remove(id);
            metrics.took(Part.PROOF, Duration.between(begun.get().since, view.now()));
            view.vms().values().stream()
                    .filter(vm -> vm.desired() == DesiredState.RUNNING
                            && vm.phase().nodes().contains(id))
                    .forEach(vm -> lost.put(vm.id(), new Lost(id, view.now())));
        } else if (state != FencingState.FENCING) {
            fencing.remove(id);
        }
    }

    /** A VM that runs elsewhere by now, or that nobody wants to run any more, is not waited for. */
    private void look(VmRecord vm, ClusterView view) {
        Optional<Lost> since = Optional.ofNullable(lost.get(vm.id()));
        if (since.isEmpty()) {
            return;
        }
        boolean runs = vm.phase() instanceof Phase.Placed placed
                && !placed.owner().equals(since.get().node)
                && Reports.isRunningOn(view, vm.id(), placed.owner());
        if (runs) {
            metrics.took(Part.START, Duration.between(since.get().since, view.now()));
        }
        if (runs || vm.desired() != DesiredState.RUNNING) {
            lost.remove(vm.id());
        }
    }
}
