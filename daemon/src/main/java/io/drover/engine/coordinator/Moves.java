package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Host;
import io.drover.engine.placement.Placement;
import io.drover.model.ClusterSettings;
import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.StopRequest;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Carries out the moves of an operation: starts waiting steps as slots and memory allow, and reads from the VMs' records
 * how the running ones ended. Nothing is remembered between rounds but what is in the records, so that the next
 * coordinator goes on where this one stopped.
 */
final class Moves {
    private Moves() {}

    /** Brings a running step up to date with its VM's record. */
    static OperationStep settle(Draft draft, Operation operation, OperationStep step) {
        if (step.state() != StepState.RUNNING) {
            return step;
        }
        Instant now = draft.view().now();
        Optional<VmRecord> found = draft.vm(step.vm());
        if (found.isEmpty()) {
            return step.ended(StepState.CANCELLED, now, "the VM was removed from the cluster", "", Optional.empty());
        }
        VmRecord vm = found.get();
        return step.kind() == MoveKind.LIVE ? settleLive(draft, operation, step, vm) : settleRestart(draft, step, vm);
    }

    private static OperationStep settleLive(Draft draft, Operation operation, OperationStep step, VmRecord vm) {
        Instant now = draft.view().now();
        if (vm.phase() instanceof Phase.Migrating migrating
                && migrating.operation().equals(operation.id())) {
            return step;
        }
        Optional<MigrationResult> result = vm.lastMigration()
                .filter(last -> last.operation().equals(operation.id()) && last.attempt() == step.attempts());
        if (result.isEmpty()) {
            return again(draft, operation, step, "the move ended without a result", "", true);
        }
        MigrationResult ended = result.get();
        return switch (ended.outcome()) {
            case SUCCEEDED -> step.ended(StepState.DONE, now, "", "", Optional.of(MigrationFigures.of(ended)));
            case CANCELLED -> cancelled(draft, operation, step, ended);
            case FAILED -> again(draft, operation, step, ended.reason(), ended.remedy(), ended.retryable());
        };
    }

    /** What is asked to leave its node goes on to another target; a move of its own ends with the cancel. */
    private static OperationStep cancelled(
            Draft draft, Operation operation, OperationStep step, MigrationResult result) {
        if (!operation.cancelRequested() && !step.cancelRequested()) {
            return again(draft, operation, step, result.reason(), result.remedy(), result.retryable());
        }
        boolean leaves = operation.kind() == OperationKind.DRAIN || operation.kind() == OperationKind.EVACUATE;
        if (leaves && !operation.cancelRequested()) {
            return again(draft, operation, step, "cancelled by an operator", "", true);
        }
        return step.ended(StepState.CANCELLED, draft.view().now(), "cancelled; it runs on", "", Optional.empty());
    }

    private static OperationStep settleRestart(Draft draft, OperationStep step, VmRecord vm) {
        Instant now = draft.view().now();
        if (vm.failed()) {
            String why = vm.failures().isEmpty()
                    ? "it failed"
                    : vm.failures().get(vm.failures().size() - 1).reason();
            return step.ended(StepState.FAILED, now, why, "drover vm show " + vm.id(), Optional.empty());
        }
        boolean moved = vm.phase() instanceof Phase.Placed placed
                && !step.source().equals(Optional.of(placed.owner()))
                && Reports.isRunningOn(draft.view(), vm.id(), placed.owner());
        if (moved) {
            return step.ended(StepState.DONE, now, "stopped and started again", "", Optional.empty());
        }
        return step;
    }

    /** A try that did not move the VM: another follows, or the step has failed. */
    private static OperationStep again(
            Draft draft, Operation operation, OperationStep step, String why, String remedy, boolean retryable) {
        ClusterSettings settings = draft.view().settings();
        Instant now = draft.view().now();
        boolean exhausted = step.attempts() >= settings.attemptsPerStep()
                && operation.deadline().isEmpty();
        boolean onlyTarget = operation.target().isPresent() && !retryable;
        if (exhausted || onlyTarget || operation.cancelRequested()) {
            StepState end = operation.cancelRequested() ? StepState.CANCELLED : StepState.FAILED;
            return step.ended(end, now, why, remedy, Optional.empty());
        }
        return step.retry(step.target(), now.plus(settings.delayAfter(step.attempts())), why, remedy);
    }

    /** Starts what can be started of an operation's waiting steps, and says of the others what they wait for. */
    static Operation start(Draft draft, Operation operation, Optional<NodeId> wanted) {
        Operation current = operation;
        for (OperationStep step : operation.steps()) {
            boolean due = step.state() == StepState.WAITING
                    && step.notBefore()
                            .filter(notBefore -> notBefore.isAfter(draft.view().now()))
                            .isEmpty();
            if (due) {
                current = current.withStep(startStep(draft, current, step, wanted));
            }
        }
        return current;
    }

    private static OperationStep startStep(
            Draft draft, Operation operation, OperationStep step, Optional<NodeId> wanted) {
        Instant now = draft.view().now();
        Optional<VmRecord> found = draft.vm(step.vm());
        if (found.isEmpty()) {
            return step.ended(StepState.CANCELLED, now, "the VM was removed from the cluster", "", Optional.empty());
        }
        VmRecord vm = found.get();
        if (vm.phase() instanceof Phase.Stopped) {
            return step.ended(StepState.DONE, now, "it is off", "", Optional.empty());
        }
        if (!(vm.phase() instanceof Phase.Placed placed)) {
            return step.waitingFor("waiting for the move that is under way", "");
        }
        if (wanted.isPresent() && wanted.get().equals(placed.owner())) {
            return step.ended(StepState.DONE, now, "it is there already", "", Optional.empty());
        }
        if (!Reports.isHeard(draft.view(), placed.owner())) {
            return step.waitingFor("waiting for contact with " + placed.owner(), "");
        }
        return step.kind() == MoveKind.LIVE
                ? startLive(draft, operation, step, vm, placed, wanted)
                : startRestart(draft, operation, step, vm, placed);
    }

    private static OperationStep startLive(
            Draft draft,
            Operation operation,
            OperationStep step,
            VmRecord vm,
            Phase.Placed placed,
            Optional<NodeId> wanted) {
        ClusterSettings settings = draft.view().settings();
        if (!Reports.isRunningOn(draft.view(), vm.id(), placed.owner())) {
            return step.waitingFor("waiting for " + placed.owner() + " to report it running", "");
        }
        if (draft.migrations() >= settings.migrationsPerCluster()) {
            return step.waitingFor(
                    "waiting for a slot: " + settings.migrationsPerCluster() + " of " + settings.migrationsPerCluster()
                            + " in the cluster are in use",
                    "");
        }
        if (draft.migrationsOf(placed.owner()) >= settings.migrationsPerNode()) {
            return step.waitingFor(slotText(placed.owner(), settings), "");
        }
        Choice choice = choose(draft.hosts(), vm, placed.owner(), step.refusedBy(), wanted);
        if (choice instanceof Choice.Nowhere nowhere) {
            return step.waitingFor("waiting for capacity: " + nowhere.text(), "free memory on another node");
        }
        List<Host> withSlots = draft.hosts().stream()
                .filter(host -> draft.migrationsOf(host.id()) < settings.migrationsPerNode())
                .toList();
        Choice now = choose(withSlots, vm, placed.owner(), step.refusedBy(), wanted);
        if (!(now instanceof Choice.Chosen chosen)) {
            return step.waitingFor(slotText(((Choice.Chosen) choice).target(), settings), "");
        }
        OperationStep begun = step.begun(chosen.target(), draft.view().now());
        Phase.Migrating phase = new Phase.Migrating(
                placed.owner(), placed.incarnation(), chosen.target(), operation.id(), begun.attempts());
        Optional<NodeId> home = operation.kind() == OperationKind.DRAIN
                ? Optional.of(vm.drainedFrom().orElse(placed.owner()))
                : Optional.empty();
        draft.put(
                vm.migrating(phase).withDrainedFrom(home),
                Reason.of(
                                Severity.INFO,
                                Topic.MIGRATION,
                                vm.id(),
                                "moves live from " + placed.owner() + " to " + chosen.target() + " (" + chosen.why()
                                        + (begun.attempts() > 1 ? ", try " + begun.attempts() : "") + ")")
                        .in(operation.id()));
        return begun;
    }

    private static OperationStep startRestart(
            Draft draft, Operation operation, OperationStep step, VmRecord vm, Phase.Placed placed) {
        Choice choice = choose(draft.hosts(), vm, placed.owner(), List.of(), operation.target());
        if (!(choice instanceof Choice.Chosen chosen)) {
            return step.waitingFor(
                    "waiting for capacity: " + ((Choice.Nowhere) choice).text(), "free memory on another node");
        }
        draft.put(
                vm.withStopRequest(new StopRequest(operation.id(), false)),
                Reason.of(
                                Severity.WARNING,
                                Topic.VM,
                                vm.id(),
                                "is stopped on " + placed.owner() + " to be started on another node, as forced")
                        .in(operation.id()));
        return step.begun(chosen.target(), draft.view().now());
    }

    /** Chooses a target: one that has not refused yet if there is one, else any. */
    static Choice choose(
            List<Host> hosts, VmRecord vm, NodeId source, List<NodeId> refusedBy, Optional<NodeId> wanted) {
        List<Host> others =
                hosts.stream().filter(host -> !host.id().equals(source)).toList();
        Set<NodeId> barred = new HashSet<>(refusedBy);
        Choice first = Placement.choose(vm.spec(), others, barred, wanted);
        if (first instanceof Choice.Chosen || barred.isEmpty()) {
            return first;
        }
        return Placement.choose(vm.spec(), others, Set.of(), wanted);
    }

    private static String slotText(NodeId node, ClusterSettings settings) {
        return "waiting for a slot: " + settings.migrationsPerNode() + " of " + settings.migrationsPerNode() + " on "
                + node + " are in use";
    }

    /** VMs in the order in which they are moved: by priority, the longest move first, then by name. */
    static List<VmRecord> inOrder(List<VmRecord> vms) {
        List<VmRecord> sorted = new ArrayList<>(vms);
        sorted.sort(java.util.Comparator.comparing((VmRecord vm) -> vm.spec().priority())
                .thenComparing(vm -> -vm.spec().memory())
                .thenComparing(VmRecord::id));
        return sorted;
    }
}
