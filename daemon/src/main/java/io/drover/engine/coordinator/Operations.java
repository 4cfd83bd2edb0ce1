package io.drover.engine.coordinator;

import io.drover.model.DrainStatus;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Carries operations from their acceptance to their end. */
final class Operations {
    /** An operation that can start nothing and has nothing under way ends after this long. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** What a step says before anything has been tried for it. */
    static final String ITS_TURN = "waiting for its turn";

    /** What to do about a deadline that was too early. */
    static final String LATE = "ask again, with a longer deadline";

    private static final Set<OperationKind> LEAVING = Set.of(OperationKind.DRAIN, OperationKind.EVACUATE);

    private Operations() {}

    /** Whether an operation empties a node. */
    static boolean leaves(Operation operation) {
        return LEAVING.contains(operation.kind());
    }

    /** One round for one operation. */
    static void advance(Draft draft, Operation operation) {
        Operation current = operation;
        if (leaves(current) && !current.cancelRequested()) {
            current = withEverybody(draft, current);
        }
        current = mapSteps(current, step -> settle(draft, operation, step));
        if (isPastDeadline(current, draft.view().now())) {
            current = giveUp(draft, current, "the deadline passed");
        } else if (current.cancelRequested()) {
            current = cancelWaiting(draft, current);
        } else {
            current = begin(draft, current);
            if (isStuck(draft, current)) {
                current = giveUp(draft, current, "");
            }
        }
        finish(draft, current);
    }

    private static OperationStep settle(Draft draft, Operation operation, OperationStep step) {
        return switch (operation.kind()) {
            case DRAIN, EVACUATE, RESUME, MIGRATE -> Moves.settle(draft, operation, step);
            case START -> PowerSteps.settleStart(draft, step);
            case STOP -> PowerSteps.settleStop(draft, step);
        };
    }

    private static Operation begin(Draft draft, Operation operation) {
        return switch (operation.kind()) {
            case DRAIN, EVACUATE, RESUME, MIGRATE -> Moves.start(draft, operation, wanted(operation));
            case START, STOP -> operation;
        };
    }

    /** The only node to which the operation may move its VMs; empty: any. */
    private static Optional<NodeId> wanted(Operation operation) {
        return operation.kind() == OperationKind.RESUME ? operation.node() : operation.target();
    }

    /** Adds a step for each VM that is on the node and has none, or has come back to it. */
    private static Operation withEverybody(Draft draft, Operation operation) {
        NodeId node = operation.node().orElseThrow();
        Operation current = operation;
        List<VmRecord> concerned = draft.vms().stream()
                .filter(vm -> isOn(vm, node) || isMovedBy(vm, operation))
                .toList();
        for (VmRecord vm : Moves.inOrder(draft, concerned)) {
            Optional<OperationStep> step = current.step(vm.id());
            boolean returned = isOn(vm, node)
                    && step.filter(known -> known.state() == StepState.DONE).isPresent();
            if (step.isEmpty()) {
                current = current.withStep(firstStep(draft.view(), vm, operation));
            } else if (returned) {
                // Its tries are counted on: no two tries of an operation may have the same number.
                current = current.withStep(step.get()
                        .retry(Optional.empty(), draft.view().now(), "it has come back", "drover vm show " + vm.id()));
            }
        }
        return current;
    }

    private static boolean isOn(VmRecord vm, NodeId node) {
        return vm.phase() instanceof Phase.Placed placed && placed.owner().equals(node);
    }

    /** Whether the VM moves or was moved last on behalf of an operation, whose own record of that may be lost. */
    private static boolean isMovedBy(VmRecord vm, Operation operation) {
        return vm.phase() instanceof Phase.Migrating migrating
                ? migrating.operation().equals(operation.id())
                : vm.lastMigration()
                        .filter(last -> last.operation().equals(operation.id()))
                        .isPresent();
    }

    /** The first step for a VM that is to leave the node. */
    private static OperationStep firstStep(ClusterView view, VmRecord vm, Operation operation) {
        Optional<NodeId> source = operation.node();
        if (Leaving.isOfShutdown(operation)) {
            return OperationStep.waiting(vm.id(), Leaving.kind(view, vm), source, ITS_TURN);
        }
        if (vm.spec().liveMigratable()) {
            return OperationStep.waiting(vm.id(), MoveKind.LIVE, source, ITS_TURN);
        }
        if (operation.force()) {
            return OperationStep.waiting(vm.id(), MoveKind.RESTART, source, ITS_TURN);
        }
        return OperationStep.waiting(vm.id(), MoveKind.RESTART, source, "")
                .ended(
                        StepState.FAILED,
                        view.now(),
                        "it cannot move live",
                        "drain with --force to stop it and start it elsewhere, or stop it yourself",
                        Optional.empty());
    }

    /** Whether its deadline has come. */
    static boolean isPastDeadline(Operation operation, Instant now) {
        return operation.deadline().filter(deadline -> !now.isBefore(deadline)).isPresent();
    }

    /** Nothing runs, nothing can start, and it has been so for long enough that waiting on would be no plan. */
    private static boolean isStuck(Draft draft, Operation operation) {
        if (operation.deadline().isPresent() || operation.kind() == OperationKind.START) {
            return false;
        }
        boolean idle = operation.steps().stream().noneMatch(step -> step.state() == StepState.RUNNING);
        List<OperationStep> waiting = operation.steps().stream()
                .filter(step -> step.state() == StepState.WAITING)
                .toList();
        if (!idle || waiting.isEmpty()) {
            return false;
        }
        Instant moved = operation.steps().stream()
                .flatMap(step -> Stream.of(step.startedAt(), step.finishedAt(), step.notBefore())
                        .flatMap(Optional::stream))
                .reduce(operation.createdAt(), Operations::later);
        Instant since = later(moved, draft.view().since());
        Duration limit = operation.kind() == OperationKind.STOP
                ? draft.view().settings().shutdownTimeout().plus(PATIENCE)
                : PATIENCE;
        return Duration.between(since, draft.view().now()).compareTo(limit) >= 0
                && waiting.stream().noneMatch(step -> goesOn(draft, operation, step));
    }

    /** Whether a waiting step waits for something that ends by itself: other moves, or the VM's being stopped. */
    private static boolean goesOn(Draft draft, Operation operation, OperationStep step) {
        if (operation.kind() == OperationKind.STOP) {
            return false;
        }
        boolean stops = draft.running().stream()
                .anyMatch(other ->
                        other.kind() == OperationKind.STOP && other.vm().equals(Optional.of(step.vm())));
        return stops || Moves.isQueued(draft, operation, step, wanted(operation));
    }

    static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Waiting steps fail with what they waited for; running ones are cancelled and awaited. */
    private static Operation giveUp(Draft draft, Operation operation, String why) {
        String remedy = why.isEmpty() ? "drover op show " + operation.id() : LATE;
        return mapSteps(operation, step -> {
            if (step.state() == StepState.WAITING) {
                return step.ended(
                        StepState.FAILED,
                        draft.view().now(),
                        joined(why, step.message()),
                        step.remedy().isEmpty() ? remedy : step.remedy(),
                        Optional.empty());
            }
            return cancelled(draft, step, StepState.FAILED, why);
        });
    }

    private static Operation cancelWaiting(Draft draft, Operation operation) {
        return mapSteps(operation, step -> {
            if (step.state() == StepState.WAITING) {
                return step.ended(StepState.CANCELLED, draft.view().now(), "not begun", "", Optional.empty());
            }
            return cancelled(draft, step, StepState.CANCELLED, "");
        });
    }

    /** A running step is cancelled and awaited, but not for a node of which nobody knows when it will answer. */
    private static OperationStep cancelled(Draft draft, OperationStep step, StepState end, String why) {
        if (step.state() != StepState.RUNNING) {
            return step;
        }
        Optional<NodeId> silent = NodeStates.isSettling(draft.view())
                ? Optional.empty()
                : draft.vm(step.vm()).stream()
                        .flatMap(vm -> vm.phase().nodes().stream())
                        .filter(node -> !Reports.isHeard(draft.view(), node))
                        .min(NodeId::compareTo);
        if (silent.isEmpty()) {
            return step.cancelling();
        }
        String text = silent.get() + " is out of contact, so nobody can say whether it still moves";
        return step.cancelling()
                .ended(
                        end,
                        draft.view().now(),
                        joined(why, text),
                        "drover node show " + silent.get(),
                        Optional.empty());
    }

    private static String joined(String... texts) {
        return Stream.of(texts).filter(text -> !text.isEmpty()).collect(Collectors.joining("; "));
    }

    private static Operation mapSteps(Operation operation, java.util.function.UnaryOperator<OperationStep> change) {
        List<OperationStep> steps = new ArrayList<>();
        operation.steps().forEach(step -> steps.add(change.apply(step)));
        return operation.withSteps(steps);
    }

    private static void finish(Draft draft, Operation operation) {
        boolean open = operation.steps().stream().anyMatch(step -> !step.state().isFinal());
        if (open || (LEAVING.contains(operation.kind()) && isArriving(draft, operation))) {
            draft.put(operation);
            return;
        }
        Operation ended = Endings.of(operation, draft.view().now());
        Severity severity = ended.state() == OperationState.FAILED ? Severity.WARNING : Severity.INFO;
        draft.put(
                ended,
                Reason.of(
                                severity,
                                topic(ended.kind()),
                                subject(ended),
                                ended.kind().name().toLowerCase(java.util.Locale.ROOT) + " "
                                        + ended.state().name().toLowerCase(java.util.Locale.ROOT) + ": "
                                        + ended.message())
                        .in(ended.id())
                        .by(ended.actor()));
    }

    /** A VM assigned to the node or coming to it keeps a drain open: it is emptied once it has settled. */
    private static boolean isArriving(Draft draft, Operation operation) {
        NodeId node = operation.node().orElseThrow();
        if (operation.cancelRequested()
                || isPastDeadline(operation, draft.view().now())) {
            return false;
        }
        return draft.vms().stream().anyMatch(vm -> isOnItsWay(vm, node, operation));
    }

    private static boolean isOnItsWay(VmRecord vm, NodeId node, Operation operation) {
        if (vm.phase() instanceof Phase.Migrating migrating) {
            return migrating.nodes().contains(node) && !migrating.operation().equals(operation.id());
        }
        return vm.phase() instanceof Phase.Assigned assigned && assigned.owner().equals(node);
    }

    /**
     * Writes the end of drains to their nodes. Not together with the end of the operation, for each record is stored by
     * itself: whichever of the two is lost, the next round writes it.
     */
    static void closeDrains(Draft draft) {
        for (NodeId id : draft.view().nodes().keySet()) {
            NodeRecord node = draft.node(id).orElseThrow();
            Optional<Operation> drain = node.drainOperation().flatMap(draft::operation);
            boolean under = drain.filter(known -> !known.state().isFinal()).isPresent();
            if (node.drainStatus() == DrainStatus.IN_PROGRESS && !under) {
                draft.put(
                        node.withDrainStatus(drain.map(Operations::drainStatus).orElse(DrainStatus.FAILED)));
            }
        }
    }

    private static DrainStatus drainStatus(Operation ended) {
        return switch (ended.state()) {
            case COMPLETED -> DrainStatus.COMPLETED;
            case CANCELLED -> DrainStatus.NOT_INITIATED;
            case FAILED, RUNNING -> DrainStatus.FAILED;
        };
    }

    private static Topic topic(OperationKind kind) {
        return switch (kind) {
            case DRAIN, RESUME -> Topic.DRAIN;
            case EVACUATE -> Topic.EVACUATION;
            case MIGRATE -> Topic.MIGRATION;
            case START, STOP -> Topic.VM;
        };
    }

    private static Object subject(Operation operation) {
        return operation
                .node()
                .<Object>map(node -> node)
                .or(() -> operation.vm())
                .orElse(operation.id());
    }
}
