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

    private static final Set<OperationKind> LEAVING = Set.of(OperationKind.DRAIN, OperationKind.EVACUATE);

    private Operations() {}

    /** One round for one operation. */
    static void advance(Draft draft, Operation operation) {
        Operation current = operation;
        if (LEAVING.contains(current.kind())) {
            current = withEverybody(draft, current);
        }
        current = mapSteps(current, step -> settle(draft, operation, step));
        if (isPastDeadline(current, draft.view().now())) {
            current = giveUp(current, draft.view().now(), "the deadline passed");
        } else if (current.cancelRequested()) {
            current = cancelWaiting(current, draft.view().now());
        } else {
            current = begin(draft, current);
            if (isStuck(draft, current)) {
                current = giveUp(current, draft.view().now(), "");
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
            case DRAIN, MIGRATE -> Moves.start(draft, operation, operation.target());
            case EVACUATE -> Moves.start(draft, operation, Optional.empty());
            case RESUME -> Moves.start(draft, operation, operation.node());
            case START, STOP -> operation;
        };
    }

    /** Adds a step for each VM that is on the node and has none, or has come back to it. */
    private static Operation withEverybody(Draft draft, Operation operation) {
        NodeId node = operation.node().orElseThrow();
        Operation current = operation;
        List<VmRecord> here = draft.vms().stream()
                .filter(vm -> vm.phase() instanceof Phase.Placed placed
                        && placed.owner().equals(node))
                .toList();
        for (VmRecord vm : Moves.inOrder(here)) {
            Optional<OperationStep> step = current.step(vm.id());
            boolean returned =
                    step.filter(known -> known.state() == StepState.DONE).isPresent();
            if (step.isEmpty() || returned) {
                current = current.withStep(firstStep(vm, operation, draft.view().now()));
            }
        }
        return current;
    }

    /** The first step for a VM that is to leave its node. */
    static OperationStep firstStep(VmRecord vm, Operation operation, Instant now) {
        Optional<NodeId> source = vm.phase().node();
        if (vm.spec().liveMigratable()) {
            return OperationStep.waiting(vm.id(), MoveKind.LIVE, source, "");
        }
        if (operation.force()) {
            return OperationStep.waiting(vm.id(), MoveKind.RESTART, source, "");
        }
        return OperationStep.waiting(vm.id(), MoveKind.RESTART, source, "")
                .ended(
                        StepState.FAILED,
                        now,
                        "it cannot move live",
                        "drain with --force to stop it and start it elsewhere, or stop it yourself",
                        Optional.empty());
    }

    private static boolean isPastDeadline(Operation operation, Instant now) {
        return operation.deadline().filter(deadline -> !now.isBefore(deadline)).isPresent();
    }

    /** Nothing runs, nothing can start, and it has been so for long enough that waiting on would be no plan. */
    private static boolean isStuck(Draft draft, Operation operation) {
        if (operation.deadline().isPresent() || operation.kind() == OperationKind.START) {
            return false;
        }
        boolean idle = operation.steps().stream().noneMatch(step -> step.state() == StepState.RUNNING);
        boolean waits = operation.steps().stream().anyMatch(step -> step.state() == StepState.WAITING);
        if (!idle || !waits) {
            return false;
        }
        Instant moved = operation.steps().stream()
                .flatMap(step -> Stream.of(step.startedAt(), step.finishedAt(), step.notBefore())
                        .flatMap(Optional::stream))
                .reduce(operation.createdAt(), Operations::later);
        Instant since = later(moved, draft.view().since());
        return Duration.between(since, draft.view().now()).compareTo(PATIENCE) >= 0;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Waiting steps fail with what they waited for; running ones are cancelled and awaited. */
    private static Operation giveUp(Operation operation, Instant now, String why) {
        return mapSteps(operation, step -> {
            if (step.state() == StepState.WAITING) {
                String message = Stream.of(why, step.message())
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("; "));
                return step.ended(StepState.FAILED, now, message, step.remedy(), Optional.empty());
            }
            return step.state() == StepState.RUNNING ? step.cancelling() : step;
        });
    }

    private static Operation cancelWaiting(Operation operation, Instant now) {
        return mapSteps(operation, step -> {
            if (step.state() == StepState.WAITING) {
                return step.ended(StepState.CANCELLED, now, "not begun", "", Optional.empty());
            }
            return step.state() == StepState.RUNNING ? step.cancelling() : step;
        });
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
        closeDrain(draft, ended);
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

    private static void closeDrain(Draft draft, Operation ended) {
        if (ended.kind() != OperationKind.DRAIN) {
            return;
        }
        Optional<NodeRecord> node = ended.node()
                .flatMap(draft::node)
                .filter(record -> record.drainOperation().equals(Optional.of(ended.id())));
        if (node.isEmpty()) {
            return;
        }
        DrainStatus status = DrainStatus.FAILED;
        if (ended.state() == OperationState.COMPLETED) {
            status = DrainStatus.COMPLETED;
        } else if (ended.state() == OperationState.CANCELLED) {
            status = DrainStatus.NOT_INITIATED;
        }
        draft.put(node.get().withDrainStatus(status));
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
