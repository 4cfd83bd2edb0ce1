package io.drover.engine.coordinator;

import io.drover.model.DesiredState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.StepState;
import io.drover.model.VmRecord;
import java.time.Instant;
import java.util.Optional;

/** The steps of starting and stopping one VM. */
final class PowerSteps {
    private PowerSteps() {}

    /** Done once the owner reports it running. */
    static OperationStep settleStart(Draft draft, OperationStep step) {
        Instant now = draft.view().now();
        Optional<VmRecord> found = draft.vm(step.vm());
        if (step.state().isFinal()) {
            return step;
        }
        if (found.isEmpty() || found.get().desired() == DesiredState.OFF) {
            return step.ended(StepState.CANCELLED, now, "it is not wanted to run any more", "", Optional.empty());
        }
        VmRecord vm = found.get();
        if (vm.failed()) {
            return step.ended(
                    StepState.FAILED, now, Restarts.lastFailure(vm), "drover vm show " + vm.id(), Optional.empty());
        }
        if (vm.stopRequest().isPresent()) {
            return step.waitingFor("waiting for it to shut down before it starts again", "");
        }
        if (vm.phase() instanceof Phase.Placed placed && Reports.isRunningOn(draft.view(), vm.id(), placed.owner())) {
            return step.ended(StepState.DONE, now, "runs on " + placed.owner(), "", Optional.empty());
        }
        if (vm.phase() instanceof Phase.Stopped && Starts.answer(draft, vm) instanceof Starts.Answer.Waits waits) {
            return step.waitingFor(waits.why(), "drover vm show " + vm.id());
        }
        return step.waitingFor("starting", "");
    }

    /** Done once nobody may execute it. */
    static OperationStep settleStop(Draft draft, OperationStep step) {
        Instant now = draft.view().now();
        Optional<VmRecord> found = draft.vm(step.vm());
        if (step.state().isFinal()) {
            return step;
        }
        if (found.isEmpty() || found.get().desired() == DesiredState.RUNNING) {
            return step.ended(StepState.CANCELLED, now, "it is wanted to run again", "", Optional.empty());
        }
        if (found.get().phase() instanceof Phase.Stopped) {
            return step.ended(StepState.DONE, now, "it is off", "", Optional.empty());
        }
        return step.waitingFor("waiting for the guest to shut down", "drover vm stop " + step.vm() + " --off");
    }
}
