package io.drover.engine.coordinator;

import io.drover.model.Operation;
import io.drover.model.OperationStep;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.Topic;
import java.util.Optional;

/** Requests to cancel what is under way. */
final class CancelRequests {
    private CancelRequests() {}

    static Verdict vm(ClusterView view, Request.CancelVm request) {
        if (Intake.vm(view, request.vm()).isEmpty()) {
            return Intake.unknownVm(view, request.vm());
        }
        Draft draft = new Draft(view);
        Optional<Operation> found = draft.inHand(request.vm());
        if (found.isEmpty()) {
            return Intake.refused(
                    "nothing is cancelled",
                    "VM '" + request.vm() + "' is not being moved, started or stopped",
                    "drover vm show " + request.vm());
        }
        Operation operation = found.get();
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        draft.put(
                operation.vm().isPresent() ? operation.cancelling() : cancelStep(operation, request),
                Reason.of(Severity.INFO, Topic.MIGRATION, request.vm(), "its move is to be cancelled")
                        .in(operation.id())
                        .by(request.context().actor()));
        return Intake.accepted(draft, operation, Plan.EMPTY);
    }

    /** In an operation on a node only this try is cancelled: the operation goes on, to another target. */
    private static Operation cancelStep(Operation operation, Request.CancelVm request) {
        OperationStep step = operation.step(request.vm()).orElseThrow();
        return step.state() == StepState.RUNNING ? operation.withStep(step.cancelling()) : operation;
    }

    static Verdict operation(ClusterView view, Request.CancelOperation request) {
        Operation operation = view.operations().get(request.operation());
        if (operation == null) {
            return Intake.unknownOperation(request.operation());
        }
        if (operation.state().isFinal()) {
            return Intake.refused(
                    "operation " + operation.id() + " is not cancelled",
                    "it has ended: " + operation.message(),
                    "drover op show " + operation.id());
        }
        Draft draft = new Draft(view);
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        draft.put(
                operation.cancelling(),
                Reason.of(Severity.INFO, Topic.OPERATION, operation.id(), "is to be cancelled")
                        .in(operation.id())
                        .by(request.context().actor()));
        return Intake.accepted(draft, operation, Plan.EMPTY);
    }
}
