package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Host;
import io.drover.model.DesiredState;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Requests to move a VM. The VMs that enforced rules keep together with it move too, or nothing does. */
final class MigrateRequests {
    private MigrateRequests() {}

    static Verdict migrate(ClusterView view, Request.MigrateVm request) {
        Optional<VmRecord> found = Intake.vm(view, request.vm());
        if (found.isEmpty()) {
            return Intake.unknownVm(view, request.vm());
        }
        VmRecord vm = found.get();
        Optional<Verdict> refusal = refusal(view, request, vm);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Draft draft = new Draft(view);
        NodeId source = ((Phase.Placed) vm.phase()).owner();
        boolean isStorageOnly = isStorageOnly(request, source);
        Optional<NodeId> target = isStorageOnly ? request.target() : target(draft, vm, source, request.target());
        List<VmRecord> movers = isStorageOnly ? List.of(vm) : movers(draft, vm, target);
        Optional<Verdict> tied = movers.stream()
                .filter(member -> !member.id().equals(vm.id()))
                .flatMap(member -> tied(view, request, member).stream())
                .findFirst();
        if (tied.isPresent()) {
            return tied.get();
        }
        Plan plan = plan(draft, request, movers, target);
        if (request.context().dryRun()) {
            return new Verdict.Planned(plan);
        }
        if (!plan.blocked().isEmpty()) {
            Plan.Blocked first = plan.blocked().get(0);
            String whose = first.vm().equals(vm.id()) ? "" : "for " + first.vm() + ", which moves with it: ";
            return Intake.refused(what(vm), whose + first.reason(), "choose another target", first.remedy());
        }
        return begin(draft, request, vm, movers, target, plan);
    }

    private static Verdict begin(
            Draft draft,
            Request.MigrateVm request,
            VmRecord vm,
            List<VmRecord> movers,
            Optional<NodeId> target,
            Plan plan) {
        List<OperationStep> steps = movers.stream()
                .map(member -> OperationStep.waiting(
                                member.id(),
                                kind(request, member),
                                member.phase().node(),
                                "")
                        .with(member.id().equals(vm.id()) ? request.storage() : StoragePlan.NONE))
                .toList();
        Operation operation = VmRequests.operation(draft.view(), OperationKind.MIGRATE, vm, request.context(), target)
                .withSteps(steps);
        draft.put(operation);
        if (movers.size() > 1) {
            // One transaction touches one VM: the moves begin in the next round.
            return Intake.accepted(draft, operation, plan);
        }
        // The first step begins in the same round: its records are stored together with the operation.
        Operation begun = Moves.start(draft, operation, target);
        draft.put(begun);
        return Intake.accepted(draft, begun, plan);
    }

    /** Whether the VM stays, and only its files move. */
    private static boolean isStorageOnly(Request.MigrateVm request, NodeId source) {
        return !request.storage().isEmpty()
                && request.target().map(source::equals).orElse(true);
    }

    private static String what(VmRecord vm) {
        return "VM '" + vm.id() + "' is not migrated";
    }

    /** How a VM moves: those that only come along move live if they can. */
    private static MoveKind kind(Request.MigrateVm request, VmRecord vm) {
        boolean alongside = !vm.id().equals(request.vm());
        return alongside && vm.spec().liveMigratable() ? MoveKind.LIVE : request.kind();
    }

    /** The node that was asked for; for a group the one that suits all of it, so that they all go to the same. */
    private static Optional<NodeId> target(Draft draft, VmRecord vm, NodeId source, Optional<NodeId> wanted) {
        if (wanted.isPresent() || !draft.affinity().isGrouped(vm.id())) {
            return wanted;
        }
        return Places.toMove(draft, draft.hosts(), vm, source, List.of(), Optional.empty())
                        instanceof Choice.Chosen chosen
                ? Optional.of(chosen.target())
                : Optional.empty();
    }

    /** The VM, and those of its group that are not at the target. */
    private static List<VmRecord> movers(Draft draft, VmRecord vm, Optional<NodeId> target) {
        List<VmRecord> movers = new ArrayList<>();
        for (VmId name : draft.affinity().group(vm.id())) {
            draft.vm(name)
                    .filter(member -> name.equals(vm.id())
                            || (member.desired() == DesiredState.RUNNING
                                    && !(member.phase() instanceof Phase.Stopped)
                                    && !(member.phase() instanceof Phase.Placed placed
                                            && target.equals(Optional.of(placed.owner())))))
                    .ifPresent(movers::add);
        }
        return Moves.inOrder(movers);
    }

    private static Plan plan(Draft draft, Request.MigrateVm request, List<VmRecord> movers, Optional<NodeId> target) {
        List<Host> hosts = new ArrayList<>(draft.hosts());
        List<Plan.Move> moves = new ArrayList<>();
        List<Plan.Blocked> blocked = new ArrayList<>();
        for (VmRecord member : movers) {
            NodeId source = member.phase().node().orElseThrow();
            if (member.id().equals(request.vm()) && isStorageOnly(request, source)) {
                long none = 0;
                String why = "it stays; " + request.storage().text();
                return new Plan(List.of(new Plan.Move(member.id(), MoveKind.LIVE, source, source, none, why)), blocked);
            }
            NodeRequests.plan(draft, hosts, member, source, target, kind(request, member), moves, blocked);
        }
        return CheckedPlan.of(draft, moves, blocked);
    }

    private static Optional<Verdict> refusal(ClusterView view, Request.MigrateVm request, VmRecord vm) {
        if (request.target().isPresent()
                && !view.nodes().containsKey(request.target().get())) {
            return Optional.of(Intake.unknownNode(view, request.target().get()));
        }
        Optional<String> why = immovable(view, request, vm);
        if (why.isPresent()) {
            return Optional.of(Intake.refused(what(vm), why.get(), remedy(view, request, vm)));
        }
        Phase.Placed placed = (Phase.Placed) vm.phase();
        if (!request.storage().isEmpty() && request.kind() != MoveKind.LIVE) {
            return Optional.of(
                    Intake.refused(what(vm), "files move only while it runs", "leave --type away, or say --type live"));
        }
        return request.target().equals(Optional.of(placed.owner()))
                        && request.storage().isEmpty()
                ? Optional.of(
                        Intake.refused(what(vm), "it is on " + placed.owner() + " already", "choose another target"))
                : Optional.empty();
    }

    /** Why a VM cannot be moved now; empty if it can. */
    private static Optional<String> immovable(ClusterView view, Request.MigrateVm request, VmRecord vm) {
        if (!(vm.phase() instanceof Phase.Placed placed)) {
            return Optional.of(
                    vm.phase() instanceof Phase.Migrating
                            ? "it is on its way already"
                            : "it does not run, so there is nothing to move");
        }
        boolean isStaying = isStorageOnly(request, placed.owner());
        if (!isStaying && kind(request, vm) == MoveKind.LIVE && !vm.spec().liveMigratable()) {
            return Optional.of("it cannot move live");
        }
        Optional<Operation> busy = new Draft(view).inHand(vm.id());
        if (busy.isPresent()) {
            return Optional.of("operation " + busy.get().id() + " has it in hand");
        }
        if (vm.desired() == DesiredState.OFF) {
            return Optional.of("it is being shut down");
        }
        if (!Reports.isHeard(view, placed.owner()) || !Reports.isRunningOn(view, vm.id(), placed.owner())) {
            return Optional.of(placed.owner() + " does not report it running");
        }
        return Optional.empty();
    }

    private static String remedy(ClusterView view, Request.MigrateVm request, VmRecord vm) {
        if (!(vm.phase() instanceof Phase.Placed placed)) {
            return "drover vm show " + vm.id();
        }
        if (kind(request, vm) == MoveKind.LIVE && !vm.spec().liveMigratable()) {
            return "move it with --type restart: it is stopped, and started on the other node";
        }
        return new Draft(view)
                .inHand(vm.id())
                .map(busy -> "drover op watch " + busy.id())
                .orElse(
                        vm.desired() == DesiredState.OFF
                                ? "drover vm show " + vm.id()
                                : "drover node show " + placed.owner());
    }

    /** Why the group cannot move, since one of its members cannot. */
    private static Optional<Verdict> tied(ClusterView view, Request.MigrateVm request, VmRecord member) {
        return immovable(view, request, member)
                .map(why -> Intake.refused(
                        "VM '" + request.vm() + "' is not migrated",
                        member.id() + " must be where it is, and cannot move: " + why,
                        remedy(view, request, member),
                        "change the rules of the cluster"));
    }
}
