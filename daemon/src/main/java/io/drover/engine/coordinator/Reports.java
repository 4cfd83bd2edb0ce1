package io.drover.engine.coordinator;

import io.drover.model.FencingState;
import io.drover.model.GuestReport;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.util.Map;
import java.util.Optional;

/** Questions to the nodes' reports. */
public final class Reports {
    private Reports() {}

    /** What a node says of a guest. */
    static Optional<GuestReport> guest(ClusterView view, VmId vm, NodeId node) {
        return Optional.ofNullable(view.nodes().get(node))
                .flatMap(NodeView::report)
                .flatMap(report -> report.guest(vm));
    }

    /** Whether a node says that it executes a guest; one that is proved gone does not, whatever it said last. */
    public static boolean isRunningOn(ClusterView view, VmId vm, NodeId node) {
        return Optional.ofNullable(view.nodes().get(node))
                .filter(known -> !NodeStates.isGone(known.record()))
                .flatMap(NodeView::report)
                .flatMap(report -> report.guest(vm))
                .filter(guest -> guest.state() == GuestState.RUNNING)
                .isPresent();
    }

    /** What is wrong with what another node than its owner has of a guest that does not execute there. */
    static Optional<String> leftElsewhere(ClusterView view, VmId vm, NodeId owner) {
        return view.nodes().keySet().stream()
                .filter(node -> !node.equals(owner) && isHeard(view, node))
                .flatMap(node -> guest(view, vm, node).stream()
                        .filter(guest -> guest.state() == GuestState.OFF || guest.state() == GuestState.SAVED)
                        .filter(guest -> !guest.message().isEmpty())
                        .map(guest -> node + ": " + guest.message()))
                .findFirst();
    }

    /** Whether a node reported lately. */
    static boolean isHeard(ClusterView view, NodeId node) {
        return Optional.ofNullable(view.nodes().get(node))
                .filter(known -> NodeStates.isHeard(known, view.now()))
                .isPresent();
    }

    /** The node that said last that it executes a guest; the word of a node that is not there any more says nothing. */
    static Optional<NodeId> runsOn(ClusterView view, VmId vm) {
        return runsOn(view, vm, Optional.empty());
    }

    /** The same, of all nodes but one. */
    static Optional<NodeId> runsOn(ClusterView view, VmId vm, Optional<NodeId> but) {
        return view.nodes().entrySet().stream()
                .filter(entry -> !but.equals(Optional.of(entry.getKey())))
                .filter(entry -> entry.getValue().record().fencing() == FencingState.CLEAR
                        && isRunningOn(view, vm, entry.getKey()))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
