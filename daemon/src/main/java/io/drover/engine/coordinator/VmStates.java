package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Placement;
import io.drover.model.DesiredState;
import io.drover.model.FencingState;
import io.drover.model.GuestReport;
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.NodeState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.StepState;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import java.util.Optional;
import java.util.Set;

/** Says what a VM is doing, and what it waits for. */
public final class VmStates {
    private VmStates() {}

    /**
     * A VM's state in words.
     *
     * @param state what it does
     * @param message what it waits for or what is wrong; empty when there is nothing to say
     */
    public record Condition(VmState state, String message) {}

    /** What a VM is doing. */
    public static Condition of(VmRecord vm, ClusterView view) {
        Phase phase = vm.phase();
        if (vm.failed()) {
            return new Condition(VmState.FAILED, lastFailure(vm));
        }
        if (phase instanceof Phase.Migrating migrating) {
            return migrating(migrating, view);
        } else if (phase instanceof Phase.Placed placed) {
            return placed(vm, placed.owner(), view);
        } else if (phase instanceof Phase.Assigned assigned) {
            return new Condition(VmState.STARTING, "waiting for " + assigned.owner() + " to claim it");
        }
        return stopped(vm, view);
    }

    private static Condition migrating(Phase.Migrating migrating, ClusterView view) {
        for (NodeId node : java.util.List.of(migrating.source(), migrating.target())) {
            if (!isInContact(node, view)) {
                return new Condition(VmState.MIGRATING, node + " is out of contact; nothing is done before it answers");
            }
        }
        return new Condition(VmState.MIGRATING, "to " + migrating.target());
    }

    private static Condition placed(VmRecord vm, NodeId owner, ClusterView view) {
        Optional<Condition> unseen = unseen(owner, view);
        if (unseen.isPresent()) {
            return unseen.get();
        }
        Optional<GuestReport> guest = Reports.guest(view, vm.id(), owner);
        String message =
                guest.map(GuestReport::message).filter(text -> !text.isEmpty()).orElse(waitsFor(vm, view));
        if (vm.stopRequest().isPresent() || vm.desired() == DesiredState.OFF) {
            return new Condition(VmState.STOPPING, message);
        }
        GuestState state = guest.map(GuestReport::state).orElse(GuestState.OFF);
        return switch (state) {
            case RUNNING -> new Condition(VmState.RUNNING, message);
            case PAUSED, ARRIVED, DEPARTED -> new Condition(VmState.PAUSED, message);
            case SAVED -> new Condition(VmState.SAVED, message);
            case OFF, INCOMING -> new Condition(VmState.STARTING, message);
        };
    }

    /** What can be said of a VM whose owner cannot be asked. */
    private static Optional<Condition> unseen(NodeId owner, ClusterView view) {
        NodeView node = view.nodes().get(owner);
        if (node == null) {
            return Optional.of(new Condition(VmState.UNMONITORED, owner + " is not a node of the cluster"));
        }
        return switch (NodeStates.of(node, view)) {
            case UP, PAUSED, QUARANTINED, JOINING -> Optional.empty();
            case DOWN -> Optional.of(new Condition(VmState.OFF, owner + " is down; " + release(view)));
            case ISOLATED ->
                Optional.of(new Condition(
                        VmState.UNMONITORED,
                        (node.record().fencing() == FencingState.FENCING ? "waiting for fencing: " : "")
                                + owner + " " + NodeStates.isolated(node, view)
                                + "; nothing proves that it does not run there"));
        };
    }

    private static String release(ClusterView view) {
        return view.settings().failover().isArmed(view.now())
                ? "it is about to be given to another node"
                : "automatic action is disarmed, so it is given to no other node";
    }

    private static Condition stopped(VmRecord vm, ClusterView view) {
        if (vm.desired() == DesiredState.OFF) {
            return new Condition(VmState.OFF, "");
        }
        Draft draft = new Draft(view);
        Choice choice = Placement.choose(vm.spec(), draft.hosts(), Set.of(), Optional.empty());
        if (choice instanceof Choice.Nowhere nowhere) {
            return new Condition(VmState.OFF, "waiting for capacity: " + nowhere.text());
        }
        if (Placement.choose(vm.spec(), Starts.hosts(draft), Set.of(), Optional.empty())
                instanceof Choice.Nowhere nowhere) {
            return new Condition(VmState.OFF, "waiting for a slot: " + nowhere.text());
        }
        return new Condition(VmState.OFF, "waiting to be started");
    }

    /** What the step that has it in hand says. */
    private static String waitsFor(VmRecord vm, ClusterView view) {
        return view.operations().values().stream()
                .filter(operation -> !operation.state().isFinal())
                .flatMap(operation -> operation.step(vm.id()).stream())
                .filter(step -> step.state() == StepState.WAITING)
                .map(OperationStep::message)
                .findFirst()
                .orElse("");
    }

    private static boolean isInContact(NodeId node, ClusterView view) {
        NodeView known = view.nodes().get(node);
        return known != null
                && (NodeStates.isHeard(known, view.now()) || NodeStates.of(known, view) == NodeState.JOINING);
    }

    private static String lastFailure(VmRecord vm) {
        return vm.failures().isEmpty()
                ? "given up"
                : vm.failures().get(vm.failures().size() - 1).reason();
    }
}
