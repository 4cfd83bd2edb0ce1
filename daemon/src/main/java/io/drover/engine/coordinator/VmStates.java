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
            return migrating(vm, migrating, view);
        } else if (phase instanceof Phase.Placed placed) {
            return placed(vm, placed.owner(), view);
        } else if (phase instanceof Phase.Assigned assigned) {
            return isInContact(assigned.owner(), view)
                    ? new Condition(VmState.STARTING, "waiting for " + assigned.owner() + " to claim it")
                    : new Condition(
                            VmState.OFF,
                            "waiting for " + assigned.owner() + ", which is out of contact and alone may have it",
                            true);
        }
        return stopped(vm, view);
    }

    private static Condition migrating(VmRecord vm, Phase.Migrating migrating, ClusterView view) {
        for (NodeId node : java.util.List.of(migrating.source(), migrating.target())) {
            if (!isInContact(node, view)) {
                return new Condition(VmState.MIGRATING, node + " is out of contact; nothing is done before it answers");
            }
        }
        String late = Overdue.word(vm, migrating, view)
                .map(text -> ": " + text + "; drover op show " + migrating.operation())
                .orElse("");
        return new Condition(VmState.MIGRATING, "to " + migrating.target() + late);
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
            case RUNNING -> new Condition(VmState.RUNNING, message.isEmpty() ? aside(vm, owner, view) : message);
            case PAUSED, ARRIVED, DEPARTED -> new Condition(VmState.PAUSED, message);
            case SAVED -> new Condition(VmState.SAVED, message);
            case OFF, INCOMING -> starting(vm, owner, message, view);
        };
    }

    /** What is to be said of a VM that runs well where it is. */
    private static String aside(VmRecord vm, NodeId owner, ClusterView view) {
        return Reports.leftElsewhere(view, vm.id(), owner).orElseGet(() -> RuleStates.complaint(vm, view));
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

    /** What can be said of a VM whose owner cannot be asked. */
    private static Optional<Condition> unseen(NodeId owner, ClusterView view) {
        NodeView node = view.nodes().get(owner);
        if (node == null) {
            return Optional.of(new Condition(VmState.UNMONITORED, owner + " is not a node of the cluster"));
        }
        return switch (NodeStates.of(node, view)) {
            case UP, PAUSED, QUARANTINED, JOINING -> Optional.empty();
            case DOWN -> Optional.of(new Condition(VmState.OFF, owner + " is down; " + release(view), true));
            case ISOLATED ->
                Optional.of(new Condition(
                        VmState.UNMONITORED, Waiting.forQuorum(view).orElseGet(() -> outOfContact(node, view))));
        };
    }

    private static String outOfContact(NodeView owner, ClusterView view) {
        return owner.record().fencing() == FencingState.FENCING
                ? "waiting for fencing of " + owner.id() + ": " + Fencing.progress(owner, view)
                : owner.id() + " " + NodeStates.isolated(owner, view) + "; nothing proves that it does not run there";
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
