package io.drover.engine.coordinator;

import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.StepState;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** How an operation ends, all of whose steps have ended. */
final class Endings {
    private Endings() {}

    /** The operation with its final state and one sentence about it. */
    static Operation of(Operation operation, Instant now) {
        List<OperationStep> left = operation.steps().stream()
                .filter(step -> step.state() == StepState.FAILED)
                .toList();
        List<OperationStep> cancelled = operation.steps().stream()
                .filter(step -> step.state() == StepState.CANCELLED)
                .toList();
        long done = operation.steps().stream()
                .filter(step -> step.state() == StepState.DONE)
                .count();
        if (operation.cancelRequested()) {
            return operation.ended(
                    OperationState.CANCELLED, now, "cancelled with " + done + " of " + total(operation) + " done");
        }
        if (!left.isEmpty()) {
            return operation.ended(OperationState.FAILED, now, failure(operation, done, left));
        }
        if (!cancelled.isEmpty() && done == 0 && operation.vm().isPresent()) {
            return operation.ended(
                    OperationState.CANCELLED, now, cancelled.get(0).message());
        }
        return operation.ended(OperationState.COMPLETED, now, success(operation, done));
    }

    private static String failure(Operation operation, long done, List<OperationStep> left) {
        String reasons = left.stream()
                .map(step -> step.vm() + " (" + step.message() + ")")
                .collect(Collectors.joining(", "));
        return operation.vm().isPresent()
                ? left.get(0).message()
                : done + " of " + total(operation) + " moved; left: " + reasons;
    }

    private static String success(Operation operation, long done) {
        if (operation.kind() == OperationKind.START) {
            return "it runs";
        }
        if (operation.kind() == OperationKind.STOP) {
            return "it is off";
        }
        return operation.steps().isEmpty() ? "nothing had to move" : done + " of " + total(operation) + " moved";
    }

    private static int total(Operation operation) {
        return operation.steps().size();
    }
}
