package io.drover.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One VM's part of an operation.
 *
 * @param vm its name
 * @param kind how it moves
 * @param source where it is when the operation begins; empty if it runs nowhere
 * @param target where it goes, once that is chosen
 * @param state where the step stands
 * @param attempts tries so far
 * @param refusedBy targets that refused for good
 * @param notBefore not tried again before
 * @param startedAt when the last try began
 * @param finishedAt when it reached a final state
 * @param message what it waits for, why the last try failed, or that the running one should have ended; empty when there is
 *     nothing to say
 * @param remedy what can be done about it; empty when there is nothing to do
 * @param result figures of the migration that ended it
 * @param cancelRequested someone asked that the running try be cancelled
 * @param storage where its files go with it, or without it
 */
public record OperationStep(
        VmId vm,
        MoveKind kind,
        Optional<NodeId> source,
        Optional<NodeId> target,
        StepState state,
        int attempts,
        List<NodeId> refusedBy,
        Optional<Instant> notBefore,
        Optional<Instant> startedAt,
        Optional<Instant> finishedAt,
        String message,
        String remedy,
        Optional<MigrationFigures> result,
        boolean cancelRequested,
        StoragePlan storage) {

    /** Copies the list. */
    public OperationStep {
        refusedBy = List.copyOf(refusedBy);
    }

    /** A step that has not begun. */
    public static OperationStep waiting(VmId vm, MoveKind kind, Optional<NodeId> source, String message) {
        return new OperationStep(
                vm,
                kind,
                source,
                Optional.empty(),
                StepState.WAITING,
                0,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                message,
                "",
                Optional.empty(),
                false,
                StoragePlan.NONE);
    }

    /** With other places for its files. */
    public OperationStep with(StoragePlan storage) {
        return new OperationStep(
                vm,
                kind,
                source,
                target,
                state,
                attempts,
                refusedBy,
                notBefore,
                startedAt,
                finishedAt,
                message,
                remedy,
                result,
                cancelRequested,
                storage);
    }

    /** Waiting, with the reason. */
    public OperationStep waitingFor(String message, String remedy) {
        return saying(StepState.WAITING, message, remedy);
    }

    /** As it is, with something to be said of it. */
    public OperationStep saying(String message, String remedy) {
        return saying(state, message, remedy);
    }

    private OperationStep saying(StepState state, String message, String remedy) {
        return new OperationStep(
                vm,
                kind,
                source,
                target,
                state,
                attempts,
                refusedBy,
                notBefore,
                startedAt,
                finishedAt,
                message,
                remedy,
                result,
                cancelRequested,
                storage);
    }

    /** A try begins. */
    public OperationStep begun(NodeId target, Instant at) {
        return new OperationStep(
                vm,
                kind,
                source,
                Optional.of(target),
                StepState.RUNNING,
                attempts + 1,
                refusedBy,
                Optional.empty(),
                Optional.of(at),
                Optional.empty(),
                "",
                "",
                Optional.empty(),
                false,
                storage);
    }

    /** By another kind of move. */
    public OperationStep by(MoveKind kind) {
        return new OperationStep(
                vm,
                kind,
                source,
                target,
                state,
                attempts,
                refusedBy,
                notBefore,
                startedAt,
                finishedAt,
                message,
                remedy,
                result,
                cancelRequested,
                storage);
    }

    /** A try failed; another follows. */
    public OperationStep retry(Optional<NodeId> refusing, Instant notBefore, String message, String remedy) {
        List<NodeId> refused = new ArrayList<>(refusedBy);
        refusing.filter(node -> !refused.contains(node)).ifPresent(refused::add);
        return new OperationStep(
                vm,
                kind,
                source,
                Optional.empty(),
                StepState.WAITING,
                attempts,
                refused,
                Optional.of(notBefore),
                startedAt,
                Optional.empty(),
                message,
                remedy,
                Optional.empty(),
                false,
                storage);
    }

    /** In a final state. */
    public OperationStep ended(
            StepState state, Instant at, String message, String remedy, Optional<MigrationFigures> result) {
        return new OperationStep(
                vm,
                kind,
                source,
                target,
                state,
                attempts,
                refusedBy,
                Optional.empty(),
                startedAt,
                Optional.of(at),
                message,
                remedy,
                result,
                cancelRequested,
                storage);
    }

    /** With figures that became known after the end. */
    public OperationStep withResult(MigrationFigures figures) {
        return new OperationStep(
                vm,
                kind,
                source,
                target,
                state,
                attempts,
                refusedBy,
                notBefore,
                startedAt,
                finishedAt,
                message,
                remedy,
                Optional.of(figures),
                cancelRequested,
                storage);
    }

    /** With a cancel of the running try asked for. */
    public OperationStep cancelling() {
        return new OperationStep(
                vm,
                kind,
                source,
                target,
                state,
                attempts,
                refusedBy,
                notBefore,
                startedAt,
                finishedAt,
                message,
                remedy,
                result,
                true,
                storage);
    }
}
