package io.drover.engine.coordinator;

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

/** Says what a VM is doing, and what it waits for. */
public final class VmStates {
    private VmStates() {}

    /**
     * A VM's state in words.
     *
     * @param state what it does
     * @param message what it waits for or what is wrong; empty when there is nothing to say
     * @param waits it should run, nobody runs it, and it cannot be started now: the message says for what it waits
     */
    public record Condition(VmState state, String message, boolean waits) {
        /** Of a VM that does not wait for a place to run. */
        Condition(VmState state, String message) {
            this(state, message, false);
        }
    }

    /** What a VM is doing. */
    public static Condition of(VmRecord vm, ClusterView view) {
        Phase phase = vm.phase();
        if (vm.failed() && !(phase instanceof Phase.Stopped && vm.desired() == DesiredState.OFF)) {
            return new Condition(VmState.FAILED, failure(vm, view));
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
            return new Condition(VmState.UNMONITORED, outOfContact(owner, view));
        }
        Optional<GuestReport> guest = Reports.guest(view, vm.id(), owner);
        String message =
                guest.map(GuestReport::message).filter(text -> !text.isEmpty()).orElse(waitsFor(vm, view));
        if (vm.stopRequest().isPresent() || vm.desired() == DesiredState.OFF) {
            return new Condition(VmState.STOPPING, message);
        }
        GuestState state = guest.map(GuestReport::state).orElse(GuestState.OFF);
        return switch (state) {
            case RUNNING ->
                new Condition(VmState.RUNNING, message.isEmpty() ? RuleStates.complaint(vm, view) : message);
            case PAUSED, ARRIVED, DEPARTED -> new Condition(VmState.PAUSED, message);
            case SAVED -> new Condition(VmState.SAVED, message);
            case OFF, INCOMING -> starting(vm, owner, message, view);
        };
    }

    /** What ended by itself in a disarmed cluster is not started again by itself. */
    private static Condition starting(VmRecord vm, NodeId owner, String message, ClusterView view) {
        boolean isLeftAlone = message.isEmpty()
                && !view.settings().failover().isArmed(view.now())
                && Reports.guest(view, vm.id(), owner).isPresent();
        return isLeftAlone
                ? new Condition(VmState.OFF, "waiting for an operator: it ended, and the cluster is disarmed", true)
                : new Condition(VmState.STARTING, message);
    }

    private static String outOfContact(NodeId owner, ClusterView view) {
        NodeView node = view.nodes().get(owner);
        FencingState fencing = node == null ? FencingState.CLEAR : node.record().fencing();
        return switch (fencing) {
            case FENCED, LEFT -> owner + " is proved down; it is about to be given to another node";
            case FENCING ->
                Waiting.forQuorum(view)
                        .orElse("waiting for fencing: it is not proved yet that nothing executes on " + owner);
            case CLEAR ->
                Waiting.forQuorum(view).orElse(owner + " is out of contact; nothing proves that it does not run there");
        };
    }

    private static Condition stopped(VmRecord vm, ClusterView view) {
        if (vm.desired() == DesiredState.OFF) {
            return new Condition(VmState.OFF, "");
        }
        if (NodeStates.isSettling(view)) {
            return new Condition(VmState.OFF, "waiting for the new coordinator to hear from all nodes", true);
        }
        return Starts.answer(new Draft(view), vm) instanceof Starts.Answer.Waits waits
                ? new Condition(VmState.OFF, waits.why(), true)
                : new Condition(VmState.OFF, "waiting to be started", true);
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

    private static String failure(VmRecord vm, ClusterView view) {
        if (vm.phase() instanceof Phase.Placed placed && vm.desired() == DesiredState.OFF) {
            String said = Reports.guest(view, vm.id(), placed.owner())
                    .map(GuestReport::message)
                    .filter(text -> !text.isEmpty())
                    .map(text -> ": " + text)
                    .orElse("");
            return "it cannot be stopped and still runs on " + placed.owner() + said;
        }
        return vm.failures().isEmpty() ? "given up" : Restarts.lastFailure(vm);
    }
}
