package io.drover.engine.coordinator;

import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.Operation;
import io.drover.model.OperationStep;
import io.drover.model.StepState;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.Optional;

/**
 * Brings the figures of finished moves up to date. The target commits with what it knows, so that the move is not held up;
 * the source, which alone saw the whole blackout, writes the full figures into the VM's record a moment later.
 */
final class Figures {
    /** Figures that come later than this are not waited for. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private Figures() {}

    static void amend(Draft draft) {
        for (Operation operation : draft.operations()) {
            boolean recent = operation
                    .finishedAt()
                    .map(end -> Duration.between(end, draft.view().now()).compareTo(LATE) < 0)
                    .orElse(true);
            if (recent) {
                draft.put(amended(draft, operation));
            }
        }
    }

    private static Operation amended(Draft draft, Operation operation) {
        Operation current = operation;
        for (OperationStep step : operation.steps()) {
            Optional<MigrationFigures> known = figures(draft, operation, step);
            if (known.isPresent() && !known.equals(step.result())) {
                current = current.withStep(step.withResult(known.get()));
            }
        }
        return current;
    }

    private static Optional<MigrationFigures> figures(Draft draft, Operation operation, OperationStep step) {
        if (step.state() != StepState.DONE || step.result().isEmpty()) {
            return Optional.empty();
        }
        return draft.vm(step.vm())
                .flatMap(VmRecord::lastMigration)
                .filter(last -> last.operation().equals(operation.id())
                        && last.attempt() == step.attempts()
                        && last.outcome() == MigrationResult.Outcome.SUCCEEDED)
                .map(MigrationFigures::of);
    }
}
