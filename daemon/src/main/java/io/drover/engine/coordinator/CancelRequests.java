package io.drover.engine.coordinator;

import io.drover.model.MoveKind;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
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
        Optional<Verdict> refusal = refusal(operation, request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
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

    /** Only a move can be cancelled, and in an operation on a node only one that is under way. */
    private static Optional<Verdict> refusal(Operation operation, Request.CancelVm request) {
        String what = "VM '" + request.vm() + "' is not cancelled";
        if (operation.kind() == OperationKind.START || operation.kind() == OperationKind.STOP) {
            return Optional.of(power(what, operation));
        }
        OperationStep step = operation.step(request.vm()).orElseThrow();
        if (operation.vm().isPresent() || (step.state() == StepState.RUNNING && step.kind() == MoveKind.LIVE)) {
            return Optional.empty();
        }
        return Optional.of(Intake.refused(
                what,
                step.state() == StepState.RUNNING
                        ? "it is being stopped to be started on another node"
                        : "its move has not begun",
                "drover op cancel " + operation.id()));
    }

    /** A start or stop changes what is wanted of the VM: that is not cancelled but asked for otherwise. */
    private static Verdict power(String what, Operation operation) {
        boolean starts = operation.kind() == OperationKind.START;
        return Intake.refused(
                what,
                "operation " + operation.id() + (starts ? " starts" : " stops") + " it; only moves can be cancelled",
                "drover vm " + (starts ? "stop " : "start ") + operation.vm().orElseThrow());
    }

    /** In an operation on a node only this try is cancelled: the operation goes on, to another target. */
    private static Operation cancelStep(Operation operation, Request.CancelVm request) {
        return operation.withStep(operation.step(request.vm()).orElseThrow().cancelling());
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
        if (operation.kind() == OperationKind.START || operation.kind() == OperationKind.STOP) {
            return power("operation " + operation.id() + " is not cancelled", operation);
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
