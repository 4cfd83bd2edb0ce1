package io.drover.engine.coordinator;

import io.drover.engine.placement.PlanChecker;
import io.drover.model.BackOff;
import io.drover.model.FailbackMode;
import io.drover.model.MigrationResult;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Live moves that nobody asked for: each an operation of its own, few at a time, and rarer the more often they fail. */
final class AutoMoves {
    /** After a move that failed nothing is moved unasked for this long; doubles with each further failure. */
    static final Duration REST = Duration.ofMinutes(1);

    /** The longest of these rests. */
    static final Duration LONGEST_REST = Duration.ofHours(1);

    /** A node to which a VM could not be moved is not chosen for it unasked for this long. */
    private static final Duration BARRED = Duration.ofMinutes(10);

    private AutoMoves() {}

    /**
     * Begins to move VMs to one node, if there are slots for that now.
     *
     * @param moves in the order in which they are tried
     * @param topic under which it is told
     * @param why it is done, as a part of a sentence
     */
    static void begin(Draft draft, List<PlanChecker.Move> moves, Topic topic, String why) {
        NodeId target = moves.get(0).target();
        boolean room = hasSlot(draft, target) && moves.stream().anyMatch(move -> hasSlot(draft, move.source()));
        if (!room
                || waiting(draft) + draft.migrations()
                        >= draft.view().settings().migrationsPerCluster()) {
            return;
        }
        if (!PlanChecker.check(draft.hosts(), moves, draft.view().settings().rules())
                .isEmpty()) {
            return;
        }
        List<OperationStep> steps = moves.stream()
                .map(move -> OperationStep.waiting(
                        move.vm().id(), MoveKind.LIVE, Optional.of(move.source()), Operations.ITS_TURN))
                .toList();
        VmId first = moves.get(0).vm().id();
        Operation operation = operation(draft, first, target, steps, why);
        steps.forEach(step -> draft.plan(step.vm(), target));
        draft.put(
                operation,
                Reason.of(Severity.INFO, topic, first, "is to move to " + target + with(moves) + ": " + why)
                        .in(operation.id()));
    }

    private static String with(List<PlanChecker.Move> moves) {
        return moves.size() == 1
                ? ""
                : " together with "
                        + moves.stream()
                                .skip(1)
                                .map(move -> move.vm().id().value())
                                .collect(java.util.stream.Collectors.joining(", "));
    }

    private static boolean hasSlot(Draft draft, NodeId node) {
        long planned = draft.running().stream()
                .filter(AutoMoves::isUnasked)
                .flatMap(operation -> operation.steps().stream()
                        .filter(step -> step.state() == StepState.WAITING)
                        .filter(step -> step.source().equals(Optional.of(node))
                                || operation.target().equals(Optional.of(node))))
                .count();
        return draft.migrationsOf(node) + planned < draft.view().settings().migrationsPerNode();
    }

    /** Steps of such operations that have not begun. */
    private static long waiting(Draft draft) {
        return draft.running().stream()
                .filter(AutoMoves::isUnasked)
                .flatMap(operation -> operation.steps().stream())
                .filter(step -> step.state() == StepState.WAITING)
                .count();
    }

    private static Operation operation(Draft draft, VmId vm, NodeId target, List<OperationStep> steps, String why) {
        return new Operation(
                draft.nextOperation(),
                OperationKind.MIGRATE,
                Optional.empty(),
                Optional.of(vm),
                OperationState.RUNNING,
                Operation.SELF,
                why,
                draft.view().now(),
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.of(target),
                FailbackMode.NONE,
                false,
                steps,
                "",
                "");
    }

    private static boolean isUnasked(Operation operation) {
        return operation.kind() == OperationKind.MIGRATE && operation.actor().equals(Operation.SELF);
    }

    /** Whether one of the VMs was moved unasked lately and that failed, so that it is left alone for a while. */
    static boolean rest(Draft draft, Collection<VmId> vms) {
        List<Operation> tries = draft.operations().stream()
                .filter(operation ->
                        isUnasked(operation) && operation.finishedAt().isPresent())
                .filter(operation -> operation.steps().stream().anyMatch(step -> vms.contains(step.vm())))
                .sorted(Comparator.comparing(
                                (Operation operation) -> operation.finishedAt().orElseThrow())
                        .reversed())
                .toList();
        int failed = 0;
        while (failed < tries.size() && tries.get(failed).state() != OperationState.COMPLETED) {
            failed++;
        }
        if (failed == 0) {
            return false;
        }
        Duration length = new BackOff(REST, LONGEST_REST).after(failed);
        Instant last = tries.get(0).finishedAt().orElseThrow();
        return Duration.between(last, draft.view().now()).compareTo(length) < 0;
    }

    /** Whether a VM can be moved live now, so that a move may be planned: it runs, is reported, and nobody has it in hand. */
    static boolean isSteady(Draft draft, VmRecord vm) {
        return vm.phase() instanceof Phase.Placed placed
                && vm.desired() == io.drover.model.DesiredState.RUNNING
                && vm.stopRequest().isEmpty()
                && !vm.failed()
                && vm.spec().liveMigratable()
                && !Losses.isRecent(draft.view(), vm)
                && Reports.isHeard(draft.view(), placed.owner())
                && Reports.isRunningOn(draft.view(), vm.id(), placed.owner())
                && draft.node(placed.owner())
                        .filter(node -> node.incarnation() == placed.incarnation())
                        .isPresent()
                && draft.inHand(vm.id()).isEmpty();
    }

    /** Nodes to which a VM could not be moved lately. */
    static Set<NodeId> barred(Draft draft, VmRecord vm) {
        Set<NodeId> barred = new HashSet<>();
        vm.lastMigration()
                .filter(last -> last.outcome() == MigrationResult.Outcome.FAILED && !last.retryable())
                .ifPresent(last -> barred.add(last.target()));
        Instant since = draft.view().now().minus(BARRED);
        draft.operations().stream()
                .filter(operation ->
                        operation.finishedAt().filter(since::isBefore).isPresent())
                .flatMap(operation -> operation.step(vm.id()).stream())
                .forEach(step -> barred.addAll(step.refusedBy()));
        return barred;
    }
}
