package io.drover.runtime;

import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.SignsOfLife;
import io.drover.metrics.FencingMetrics;
import io.drover.metrics.FencingMetrics.Part;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.NodeReport;
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
        lost.entrySet().removeIf(entry -> {
            VmRecord vm = view.vms().get(entry.getKey());
            return vm == null || isSettled(vm, entry.getValue(), view);
        });
        hasLooked = true;
    }

    private void look(NodeView node, ClusterView view) {
        NodeId id = node.id();
        long incarnation = node.record().incarnation();
        FencingState state = node.record().fencing();
        Fencing begun = fencing.get(id);
        boolean isOther = begun == null || begun.incarnation != incarnation;
        if (state == FencingState.FENCING && isOther && hasLooked) {
            fencing.put(id, new Fencing(incarnation, view.now()));
            metrics.took(Part.DETECTION, Duration.between(SignsOfLife.lastOrKnown(node, view), view.now()));
        } else if (state == FencingState.FENCED && begun != null && begun.incarnation == incarnation) {
            fencing.remove(id);
            metrics.took(Part.PROOF, Duration.between(begun.since, view.now()));
            view.vms().values().stream()
                    .filter(vm -> vm.desired() == DesiredState.RUNNING
                            && vm.phase().nodes().contains(id))
                    .forEach(vm -> lost.put(vm.id(), new Lost(id, view.now())));
        } else if (state != FencingState.FENCING) {
            fencing.remove(id);
        }
    }

    /** Whether a VM runs elsewhere, which is measured, or is not waited for any more. */
    private boolean isSettled(VmRecord vm, Lost since, ClusterView view) {
        if (vm.desired() != DesiredState.RUNNING) {
            return true;
        }
        boolean runs = vm.phase() instanceof Phase.Placed placed
                && !placed.owner().equals(since.node)
                && runsOn(placed.owner(), vm.id(), view);
        if (runs) {
            metrics.took(Part.START, Duration.between(since.since, view.now()));
        }
        return runs;
    }

    private static boolean runsOn(NodeId node, VmId vm, ClusterView view) {
        return Optional.ofNullable(view.nodes().get(node))
                .flatMap(NodeView::report)
                .map(NodeReport::guests)
                .filter(guests ->
                        guests.stream().anyMatch(guest -> guest.vm().equals(vm) && guest.state() == GuestState.RUNNING))
                .isPresent();
    }
}
