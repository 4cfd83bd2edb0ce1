package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Host;
import io.drover.engine.placement.PlanChecker;
import io.drover.model.AffinityRule;
import io.drover.model.ClusterSettings;
import io.drover.model.DesiredState;
import io.drover.model.MigrationFigures;
import io.drover.model.MigrationResult;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StepState;
import io.drover.model.Topic;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Carries out the moves of an operation: starts waiting steps as slots and memory allow, and reads from the VMs' records
 * how the running ones ended. Nothing is remembered between rounds but what is in the records, so that the next
 * coordinator goes on where this one stopped.
 */
final class Moves {
    private static final String SLOT_REMEDY = "wait for the end of other moves, or cancel one";

    private Moves() {}

    /** Brings a step up to date with its VM's record. */
    static OperationStep settle(Draft draft, Operation operation, OperationStep step) {
        if (step.state().isFinal()) {
            return step;
        }
        Instant now = draft.view().now();
        Optional<VmRecord> found = draft.vm(step.vm());
        if (found.isEmpty()) {
            return step.ended(StepState.CANCELLED, now, "the VM was removed from the cluster", "", Optional.empty());
        }
        VmRecord vm = found.get();
        OperationStep current = step.state() == StepState.WAITING ? adopted(operation, step, vm, now) : step;
        if (current.state() == StepState.WAITING) {
            return current;
        }
        return current.kind() == MoveKind.LIVE
                ? settleLive(draft, operation, current, vm)
                : Restarts.settle(draft, operation, current, vm);
    }

    /**
     * A waiting step whose next try is in the VM's record already: the VM was stored, the operation was not, because
     * its write was lost or its coordinator ended between the two.
     */
    private static OperationStep adopted(Operation operation, OperationStep step, VmRecord vm, Instant now) {
        int next = step.attempts() + 1;
        if (vm.phase() instanceof Phase.Migrating migrating
                && migrating.operation().equals(operation.id())
                && migrating.attempt() == next) {
            return step.begun(migrating.target(), now);
        }
        if (vm.storageMove()
                .filter(move -> move.operation().equals(operation.id()) && move.attempt() == next)
                .isPresent()) {
            return step.begun(vm.phase().node().orElseThrow(), now);
        }
        return vm.lastMigration()
                .filter(last -> last.operation().equals(operation.id()) && last.attempt() == next)
                .map(last -> step.begun(last.target(), now))
                .orElse(step);
    }

    private static OperationStep settleLive(Draft draft, Operation operation, OperationStep step, VmRecord vm) {
        Instant now = draft.view().now();
        if (vm.phase() instanceof Phase.Migrating migrating
                && migrating.operation().equals(operation.id())) {
            return Overdue.told(draft.view(), step, migrating);
        }
        if (StorageMoves.isAsked(operation, vm)) {
            return step;
        }
        Optional<MigrationResult> result = vm.lastMigration()
                .filter(last -> last.operation().equals(operation.id()) && last.attempt() == step.attempts());
        if (result.isEmpty()) {
            return again(draft, operation, step, "the move ended without a result", "drover vm show " + vm.id(), true);
        }
        MigrationResult ended = result.get();
        return switch (ended.outcome()) {
            case SUCCEEDED -> step.ended(StepState.DONE, now, "", "", Optional.of(MigrationFigures.of(ended)));
            case CANCELLED -> cancelled(draft, operation, step, ended);
            case FAILED -> again(draft, operation, step, ended.reason(), ended.remedy(), ended.retryable());
            case LOST -> Losses.settle(draft, operation, step, vm, ended);
        };
    }

    /** What is asked to leave its node goes on to another target; a move of its own ends with the cancel. */
    private static OperationStep cancelled(
            Draft draft, Operation operation, OperationStep step, MigrationResult result) {
        if (!operation.cancelRequested() && !step.cancelRequested()) {
            return again(draft, operation, step, result.reason(), result.remedy(), result.retryable());
        }
        boolean leaves = operation.kind() == OperationKind.DRAIN || operation.kind() == OperationKind.EVACUATE;
        if (leaves && Operations.isPastDeadline(operation, draft.view().now())) {
            return step.ended(
                    StepState.FAILED,
                    draft.view().now(),
                    "the deadline passed: the move was cancelled",
                    Operations.LATE,
                    Optional.empty());
        }
        if (leaves && !operation.cancelRequested()) {
            return again(draft, operation, step, "cancelled by an operator", "drain the node again", true);
        }
        return step.ended(StepState.CANCELLED, draft.view().now(), "cancelled; it runs on", "", Optional.empty());
    }

    /** A try that did not move the VM: another follows, or the step has failed. */
    static OperationStep again(
            Draft draft, Operation operation, OperationStep step, String why, String remedy, boolean retryable) {
        ClusterSettings settings = draft.view().settings();
        Instant now = draft.view().now();
        boolean exhausted = step.attempts() >= settings.attemptsPerStep()
                && operation.deadline().isEmpty();
        if (Leaving.isOfShutdown(operation) && !operation.cancelRequested()) {
            // Its host will not wait: what does not move live is started elsewhere.
            OperationStep next = exhausted ? step.by(MoveKind.RESTART) : step;
            return next.retry(step.target(), now.plus(settings.delayAfter(step.attempts())), why, remedy);
        }
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
                Optional<NodeId> planned = draft.unplan(step.vm());
                OperationStep next = startStep(draft, current, step, wanted);
                if (next.state() == StepState.WAITING) {
                    planned.ifPresent(target -> draft.plan(step.vm(), target));
                }
                current = current.withStep(next);
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
            StepState end = Operations.leaves(operation) ? StepState.DONE : StepState.CANCELLED;
            return step.ended(end, now, "it is off", "", Optional.empty());
        }
        if (!(vm.phase() instanceof Phase.Placed placed)) {
            return step.waitingFor("waiting for the move that is under way", remedy(vm));
        }
        if (vm.storageMove().isPresent() && !StorageMoves.isAsked(operation, vm)) {
            return step.waitingFor("waiting for the end of the move of its files", "drover vm cancel " + vm.id());
        }
        boolean isStorageOnly = StorageMoves.isMeant(step, placed.owner(), wanted);
        Optional<String> there = isStorageOnly ? Optional.empty() : isThere(operation, step, placed, wanted);
        if (there.isPresent()) {
            return step.ended(StepState.DONE, now, there.get(), "", Optional.empty());
        }
        if (!Reports.isHeard(draft.view(), placed.owner())) {
            return step.waitingFor("waiting for contact with " + placed.owner(), "drover node show " + placed.owner());
        }
        boolean stops = vm.desired() == DesiredState.OFF
                || (step.kind() == MoveKind.LIVE && vm.stopRequest().isPresent());
        if (stops) {
            return step.waitingFor("waiting for it to shut down", "drover vm stop " + vm.id() + " --off");
        }
        if (isStorageOnly) {
            return StorageMoves.start(draft, operation, step, vm, placed);
        }
        if (Leaving.freezes(draft, operation)) {
            return Restarts.shutDown(
                    draft, operation, step, vm, placed.owner(), StepState.DONE, "it stays with its host");
        }
        Optional<String> tied = Operations.leaves(operation)
                ? Places.tied(draft, vm, placed.owner(), operation.force())
                : Optional.empty();
        if (tied.isPresent()) {
            return step.waitingFor("waiting for its group: " + tied.get(), "drain with --force, or stop that VM");
        }
        return step.kind() == MoveKind.LIVE
                ? startLive(draft, operation, step, vm, placed, wanted)
                : Restarts.start(draft, operation, step, vm, placed);
    }

    /** Whether nothing is left to do, since the VM is where it should be or no longer where it should not. */
    private static Optional<String> isThere(
            Operation operation, OperationStep step, Phase.Placed placed, Optional<NodeId> wanted) {
        if (wanted.equals(Optional.of(placed.owner()))) {
            return Optional.of("it is there already");
        }
        Optional<NodeId> left = Operations.leaves(operation) ? operation.node() : step.source();
        boolean away = (Operations.leaves(operation) || wanted.isEmpty()) && !left.equals(Optional.of(placed.owner()));
        return away ? Optional.of("it is on " + placed.owner() + " already") : Optional.empty();
    }

    private static OperationStep startLive(
            Draft draft,
            Operation operation,
            OperationStep step,
            VmRecord vm,
            Phase.Placed placed,
            Optional<NodeId> wanted) {
        NodeId owner = placed.owner();
        boolean runs = Reports.isRunningOn(draft.view(), vm.id(), owner);
        if (!runs && isAdopted(draft, placed) && Leaving.isOfShutdown(operation)) {
            return Restarts.start(draft, operation, step.by(MoveKind.RESTART), vm, placed);
        }
        if (!runs || !isAdopted(draft, placed)) {
            return step.waitingFor("waiting for " + owner + " to report it running", remedy(vm));
        }
        if (operation.actor().equals(Operation.SELF) && Losses.isRecent(draft.view(), vm)) {
            return Losses.refuse(draft, operation, step, vm, placed);
        }
        Optional<String> full = fullSlots(draft, owner);
        if (full.isPresent()) {
            return step.waitingFor(full.get(), SLOT_REMEDY);
        }
        List<Host> hosts = draft.hosts();
        Set<NodeId> refusedBy = Places.refusedBy(draft, operation.steps(), vm.id());
        Choice choice = Places.toMove(draft, hosts, vm, owner, refusedBy, wanted);
        if (choice instanceof Choice.Nowhere nowhere) {
            return Restarts.nowhere(draft, operation, step, vm, owner, nowhere);
        }
        Choice now = chooseWithSlot(draft, hosts, vm, owner, refusedBy, wanted);
        if (!(now instanceof Choice.Chosen chosen)) {
            return step.waitingFor(slotText(((Choice.Chosen) choice).target(), draft), SLOT_REMEDY);
        }
        Optional<String> veto = veto(draft, hosts, vm, owner, chosen.target());
        if (veto.isPresent()) {
            return step.waitingFor("waiting: the plan is not sound: " + veto.get(), CheckedPlan.DISAGREEMENT);
        }
        OperationStep begun = step.begun(chosen.target(), draft.view().now());
        Phase.Migrating phase = new Phase.Migrating(
                owner, placed.incarnation(), chosen.target(), operation.id(), begun.attempts(), step.storage());
        String files = step.storage().isEmpty() ? "" : ", and " + step.storage().text();
        String text = "moves live from " + owner + " to " + chosen.target() + files + " (" + chosen.why()
                + (begun.attempts() > 1 ? ", try " + begun.attempts() : "") + ")";
        draft.put(
                vm.migrating(phase).withDrainedFrom(home(draft, operation, vm, owner)),
                Reason.of(Severity.INFO, Topic.MIGRATION, vm.id(), text).in(operation.id()));
        return begun;
    }

    /** Whether the owner's present incarnation has claimed it; another would refuse to send it. */
    private static boolean isAdopted(Draft draft, Phase.Placed placed) {
        return draft.node(placed.owner())
                .filter(node -> node.incarnation() == placed.incarnation())
                .isPresent();
    }

    /** Where a VM returns to: the first of the nodes that drains took it from and that are not back yet. */
    static Optional<NodeId> home(Draft draft, Operation operation, VmRecord vm, NodeId owner) {
        if (operation.kind() != OperationKind.DRAIN) {
            return Optional.empty();
        }
        Optional<NodeId> first = vm.drainedFrom()
                .filter(node -> draft.node(node)
                        .filter(record -> record.mode() != NodeMode.ACTIVE)
                        .isPresent());
        return Optional.of(first.orElse(owner));
    }

    /** Whether a waiting step will go on by itself, once moves have ended that are under way and in contact. */
    static boolean isQueued(Draft draft, Operation operation, OperationStep step, Optional<NodeId> wanted) {
        Optional<VmRecord> vm = draft.vm(step.vm());
        if (vm.isEmpty() || draft.vms().stream().noneMatch(other -> moves(draft, other))) {
            return false;
        }
        if (!(vm.get().phase() instanceof Phase.Placed placed)) {
            return moves(draft, vm.get());
        }
        NodeId owner = placed.owner();
        if (!Reports.isHeard(draft.view(), owner) || !Reports.isRunningOn(draft.view(), step.vm(), owner)) {
            return false;
        }
        if (fullSlots(draft, owner).isPresent()) {
            return true;
        }
        List<Host> hosts = draft.hosts();
        Set<NodeId> refusedBy = Places.refusedBy(draft, operation.steps(), step.vm());
        return Places.toMove(draft, hosts, vm.get(), owner, refusedBy, wanted) instanceof Choice.Chosen
                && chooseWithSlot(draft, hosts, vm.get(), owner, refusedBy, wanted) instanceof Choice.Nowhere;
    }

    private static boolean moves(Draft draft, VmRecord vm) {
        return vm.phase() instanceof Phase.Migrating migrating
                && migrating.nodes().stream().allMatch(node -> Reports.isHeard(draft.view(), node));
    }

    /** Which slots that the move needs, wherever it goes, are all in use. */
    private static Optional<String> fullSlots(Draft draft, NodeId source) {
        int most = draft.view().settings().migrationsPerCluster();
        if (draft.migrations() >= most) {
            return Optional.of("waiting for a slot: " + most + " of " + most + " in the cluster are in use");
        }
        return draft.hasSlot(source) ? Optional.empty() : Optional.of(slotText(source, draft));
    }

    /** A target with a free slot. One that refused is not asked again while another is only busy. */
    private static Choice chooseWithSlot(
            Draft draft, List<Host> hosts, VmRecord vm, NodeId source, Set<NodeId> refusedBy, Optional<NodeId> wanted) {
        boolean othersOpen = Places.toMove(draft, hosts, vm, source, refusedBy, wanted) instanceof Choice.Chosen best
                && !refusedBy.contains(best.target());
        List<Host> withSlots = hosts.stream()
                .map(host -> draft.hasSlot(host.id()) ? host : host.closedFor("has no free slot"))
                .map(host -> othersOpen && refusedBy.contains(host.id()) ? host.closedFor("refused it") : host)
                .toList();
        return Places.toMove(draft, withSlots, vm, source, refusedBy, wanted);
    }

    /** What the independent checker has against a single move. Of a group it sees only the first of several. */
    private static Optional<String> veto(Draft draft, List<Host> hosts, VmRecord vm, NodeId source, NodeId target) {
        List<AffinityRule> rules = draft.view().settings().rules().stream()
                .filter(rule -> rule.kind() == AffinityRule.Kind.SEPARATE)
                .toList();
        return PlanChecker.check(hosts, List.of(new PlanChecker.Move(vm.spec(), source, target)), rules).stream()
                .map(PlanChecker.Veto::why)
                .findFirst();
    }

    private static String slotText(NodeId node, Draft draft) {
        int most = draft.view().settings().migrationsPerNode();
        return "waiting for a slot: " + most + " of " + most + " on " + node + " are in use";
    }

    private static String remedy(VmRecord vm) {
        return "drover vm show " + vm.id();
    }

    /** VMs in the order in which they are moved, those that belong together one after the other. */
    static List<VmRecord> inOrder(Draft draft, List<VmRecord> vms) {
        List<VmRecord> sorted = inOrder(vms);
        if (draft.affinity().isFree()) {
            return sorted;
        }
        Map<VmId, List<VmRecord>> groups = new LinkedHashMap<>();
        for (VmRecord vm : sorted) {
            VmId first = draft.affinity().group(vm.id()).first();
            groups.computeIfAbsent(first, unused -> new ArrayList<>()).add(vm);
        }
        return groups.values().stream().flatMap(List::stream).toList();
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
