package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.model.DesiredState;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.StopRequest;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Moves of VMs that do not move live: stopped or saved here, started or restored there. */
final class Restarts {
    private Restarts() {}

    /** Writing a VM's memory to its disks and reading it again takes minutes where it is large. */
    private static final Duration SAVING = Duration.ofMinutes(20);

    /** Asks the owner to stop or save the VM; the memory for it is kept on the target until it runs there. */
    static OperationStep start(Draft draft, Operation operation, OperationStep step, VmRecord vm, Phase.Placed placed) {
        NodeId owner = placed.owner();
        Set<NodeId> refusedBy = Places.refusedBy(draft, operation.steps(), vm.id());
        Choice choice = Places.toMove(draft, draft.hosts(), vm, owner, refusedBy, operation.target());
        if (!(choice instanceof Choice.Chosen chosen)) {
            return nowhere(draft, operation, step, vm, owner, (Choice.Nowhere) choice);
        }
        String how = operation.force() ? ", as forced" : ", as asked";
        boolean isSaved = step.kind() == MoveKind.QUICK;
        StopRequest.Way way = isSaved ? StopRequest.Way.SAVE : StopRequest.Way.SHUT_DOWN;
        draft.put(
                vm.withStopRequest(new StopRequest(operation.id(), way))
                        .withDrainedFrom(Moves.home(draft, operation, vm, owner)),
                Reason.of(
                                Severity.WARNING,
                                Topic.VM,
                                vm.id(),
                                (isSaved ? "is saved on " : "is stopped on ") + owner + " to be "
                                        + (isSaved ? "restored" : "started") + " on another node"
                                        + (Leaving.isOfShutdown(operation) ? ", for its host shuts down" : how))
                        .in(operation.id()));
        draft.keepMemory(vm.id(), chosen.target());
        return step.begun(chosen.target(), draft.view().now());
    }

    /** No node can hold it: it waits, unless its host goes without waiting. */
    static OperationStep nowhere(
            Draft draft, Operation operation, OperationStep step, VmRecord vm, NodeId owner, Choice.Nowhere nowhere) {
        Duration waited = Duration.between(operation.createdAt(), draft.view().now());
        if (Leaving.isOfShutdown(operation) && waited.compareTo(Operations.PATIENCE) >= 0) {
            return shutDown(
                    draft,
                    operation,
                    step,
                    vm,
                    owner,
                    StepState.FAILED,
                    "no other node can hold it: " + nowhere.text());
        }
        return step.waitingFor("waiting for capacity: " + nowhere.text(), "free memory on another node");
    }

    /** The VM goes down with its host. */
    static OperationStep shutDown(
            Draft draft,
            Operation operation,
            OperationStep step,
            VmRecord vm,
            NodeId owner,
            StepState end,
            String why) {
        draft.put(
                vm.withStopRequest(StopRequest.of(operation.id(), false)).withDrainedFrom(Optional.of(owner)),
                Reason.of(Severity.WARNING, Topic.VM, vm.id(), "is shut down with its host " + owner + ": " + why)
                        .in(operation.id()));
        return step.ended(
                end,
                draft.view().now(),
                "it is shut down: " + why,
                "it starts again once a node can hold it",
                Optional.empty());
    }

    /** Brings a running step up to date with its VM's record. */
    static OperationStep settle(Draft draft, Operation operation, OperationStep step, VmRecord vm) {
        Instant now = draft.view().now();
        if (vm.failed()) {
            return step.ended(StepState.FAILED, now, lastFailure(vm), "drover vm show " + vm.id(), Optional.empty());
        }
        if (vm.phase() instanceof Phase.Stopped && vm.desired() == DesiredState.OFF) {
            return step.ended(StepState.DONE, now, "it is off", "", Optional.empty());
        }
        boolean runs = vm.phase() instanceof Phase.Placed placed
                && vm.stopRequest().isEmpty()
                && Reports.isRunningOn(draft.view(), vm.id(), placed.owner());
        if (runs) {
            return ended(draft, operation, step, vm);
        }
        return isOverdue(draft, step, vm)
                ? step.ended(StepState.FAILED, now, hindrance(draft, vm), "drover vm show " + vm.id(), Optional.empty())
                : step;
    }

    private static OperationStep ended(Draft draft, Operation operation, OperationStep step, VmRecord vm) {
        Instant now = draft.view().now();
        if (!step.source().equals(vm.phase().node())) {
            String how = step.kind() == MoveKind.QUICK ? "saved and restored" : "stopped and started again";
            return step.ended(StepState.DONE, now, how, "", Optional.empty());
        }
        if (operation.cancelRequested()) {
            return step.ended(StepState.CANCELLED, now, "cancelled; it runs on", "", Optional.empty());
        }
        // The request was not stored, or it could not be saved, or an operator started it here again.
        String what = step.kind() == MoveKind.QUICK ? "it was not saved" : "it was not stopped";
        return Moves.again(draft, operation, step, what, "drover vm show " + vm.id(), true);
    }

    /** How long a VM may take to get from one node to the other while its node is in contact. */
    private static boolean isOverdue(Draft draft, OperationStep step, VmRecord vm) {
        Optional<NodeId> node = vm.phase() instanceof Phase.Stopped
                ? Optional.empty()
                : vm.phase().node();
        if (node.filter(owner -> !Reports.isHeard(draft.view(), owner)).isPresent()) {
            return false;
        }
        Duration stopping =
                step.kind() == MoveKind.QUICK ? SAVING : draft.view().settings().shutdownTimeout();
        Duration limit = stopping.plus(Operations.PATIENCE.multipliedBy(2));
        Instant begun = Operations.later(
                step.startedAt().orElse(draft.view().now()), draft.view().since());
        return Duration.between(begun, draft.view().now()).compareTo(limit) >= 0;
    }

    private static String hindrance(Draft draft, VmRecord vm) {
        if (!(vm.phase() instanceof Phase.Stopped)) {
            return vm.stopRequest().isPresent() ? "it has not shut down" : "it has not started again";
        }
        return Starts.answer(draft, vm) instanceof Starts.Answer.Waits waits
                ? "it is off, " + waits.why()
                : "it is off, waiting to be started";
    }

    /** Why a VM was given up. */
    static String lastFailure(VmRecord vm) {
        return vm.failures().isEmpty()
                ? "it failed"
                : vm.failures().get(vm.failures().size() - 1).reason();
    }
}
