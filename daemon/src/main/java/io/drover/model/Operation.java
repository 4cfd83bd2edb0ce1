package io.drover.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a user asked for, or the cluster for itself, with its steps and their outcome.
 *
 * @param id its name
 * @param kind what was asked for
 * @param node the node that it is about
 * @param vm the VM that it is about
 * @param state where it stands
 * @param actor who asked for it; {@link #SELF} when the cluster acts by itself
 * @param reason why, in the words of whoever asked for it; empty if not given
 * @param createdAt when it was accepted
 * @param deadline when it ends with whatever is left
 * @param finishedAt when it ended
 * @param force stop and restart what cannot move live
 * @param target the wanted target
 * @param failback what a resume returns
 * @param cancelRequested a cancel has been asked for
 * @param steps one for each VM, in the order in which they are tried
 * @param message how it ended, in one sentence; empty while it runs
 * @param requestId repeats of one request carry the same; empty if the request named none
 */
public record Operation(
        OperationId id,
        OperationKind kind,
        Optional<NodeId> node,
        Optional<VmId> vm,
        OperationState state,
        String actor,
        String reason,
        Instant createdAt,
        Optional<Instant> deadline,
        Optional<Instant> finishedAt,
        boolean force,
        Optional<NodeId> target,
        FailbackMode failback,
        boolean cancelRequested,
        List<OperationStep> steps,
        String message,
        String requestId) {

    /** The actor of what the cluster does by itself. */
    public static final String SELF = "drover";

    /** Copies the steps. */
    public Operation {
        steps = List.copyOf(steps);
    }

    /** The step of a VM. */
    public Optional<OperationStep> step(VmId vm) {
        return steps.stream().filter(step -> step.vm().equals(vm)).findFirst();
    }

    /** With a step put in the place of the one of the same VM, or added. */
    public Operation withStep(OperationStep step) {
        List<OperationStep> next = new ArrayList<>(steps);
        for (int i = 0; i < next.size(); i++) {
            if (next.get(i).vm().equals(step.vm())) {
                next.set(i, step);
                return withSteps(next);
            }
        }
        next.add(step);
        return withSteps(next);
    }

    /** With other steps. */
    public Operation withSteps(List<OperationStep> steps) {
        return new Operation(
                id,
                kind,
                node,
                vm,
                state,
                actor,
                reason,
                createdAt,
                deadline,
                finishedAt,
                force,
                target,
                failback,
                cancelRequested,
                steps,
                message,
                requestId);
    }

    /** Ended. */
    public Operation ended(OperationState state, Instant at, String message) {
        return new Operation(
                id,
                kind,
                node,
                vm,
                state,
                actor,
                reason,
                createdAt,
                deadline,
                Optional.of(at),
                force,
                target,
                failback,
                cancelRequested,
                steps,
                message,
                requestId);
    }

    /** With a cancel asked for. */
    public Operation cancelling() {
        return new Operation(
                id,
                kind,
                node,
                vm,
                state,
                actor,
                reason,
                createdAt,
                deadline,
                finishedAt,
                force,
                target,
                failback,
                true,
                steps,
                message,
                requestId);
    }
}
