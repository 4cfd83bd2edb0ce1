package io.drover.engine.coordinator;

import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.StepState;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Moves that should have ended: their hosts were told to end them when the time for a move was over, and do not. They are
 * followed all the same, however long it takes, for the VM may still leave; and they say so.
 */
final class Overdue {
    /** For the offer before a move, and for its being ended in an orderly way and then at once. */
    static final Duration MARGIN = Duration.ofMinutes(1);

    private Overdue() {}

    /** A step under way, which says so once it is overdue. */
    static OperationStep told(ClusterView view, OperationStep step, Phase.Migrating migrating) {
        Duration limit = view.settings().migrationTimeout();
        Optional<Instant> due = step.startedAt().map(began -> began.plus(limit).plus(MARGIN));
        boolean isOverdue = due.filter(at -> !view.now().isBefore(at)).isPresent();
        if (!isOverdue || !step.message().isEmpty()) {
            return step;
        }
        return step.saying(
                "the hypervisors were to end it after " + limit.toSeconds() + " s and do not; the VM stays on "
                        + migrating.source() + " until they do",
                "see what the hypervisor of " + migrating.source() + " is busy with; nothing else is done with the VM"
                        + " before this move has ended");
    }

    /** What the step of a VM's present move says. */
    static Optional<String> word(VmRecord vm, Phase.Migrating migrating, ClusterView view) {
        return Optional.ofNullable(view.operations().get(migrating.operation()))
                .flatMap(operation -> operation.step(vm.id()))
                .filter(step -> step.state() == StepState.RUNNING && step.attempts() == migrating.attempt())
                .map(OperationStep::message)
                .filter(text -> !text.isEmpty());
    }
}
