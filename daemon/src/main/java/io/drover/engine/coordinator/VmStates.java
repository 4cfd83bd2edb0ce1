package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Placement;
import io.drover.model.DesiredState;
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
        if (!isInContact(owner, view)) {
            return new Condition(
                    VmState.UNMONITORED, owner + " is out of contact; nothing proves that it does not run there");
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

    private static Condition stopped(VmRecord vm, ClusterView view) {
        if (vm.desired() == DesiredState.OFF) {
            return new Condition(VmState.OFF, "");
        }
        Choice choice = Placement.choose(vm.spec(), new Draft(view).hosts(), Set.of(), Optional.empty());
        if (choice instanceof Choice.Nowhere nowhere) {
            return new Condition(VmState.OFF, "waiting for capacity: " + nowhere.text());
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
