package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.StopRequest;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Requests about VMs: add, remove, start, stop. */
final class VmRequests {
    private VmRequests() {}

    static Verdict add(ClusterView view, Request.AddVm request) {
        String what = "VM '" + request.spec().id() + "' is not added";
        if (Intake.vm(view, request.spec().id()).isPresent()) {
            return Intake.refused(
                    what,
                    "the cluster has a VM of that name",
                    "drover vm show " + request.spec().id());
        }
        if (request.node().isPresent()
                && !view.nodes().containsKey(request.node().get())) {
            return Intake.unknownNode(view, request.node().get());
        }
        Draft draft = new Draft(view);
        VmRecord vm = VmRecord.added(request.spec(), request.desired());
        if (request.desired() == DesiredState.OFF) {
            if (request.context().dryRun()) {
                return new Verdict.Planned(Plan.EMPTY);
            }
            return new Verdict.Accepted(
                    put(draft, vm, request.context(), "is added, off"), Optional.empty(), Plan.EMPTY);
        }
        Choice choice = place(view, draft, vm, request.node());
        if (choice instanceof Choice.Nowhere nowhere) {
            return Intake.refused(
                    what,
                    "no node can take it: " + nowhere.text(),
                    "free memory on a node, or add it with --state off");
        }
        Choice.Chosen chosen = (Choice.Chosen) choice;
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        return new Verdict.Accepted(
                put(
                        draft,
                        vm.assignedTo(chosen.target()),
                        request.context(),
                        "is added and given to " + chosen.target() + " (" + chosen.why() + ")"),
                Optional.empty(),
                Plan.EMPTY);
    }

    /** Where a VM that is nobody's is to run: where it runs already, if a node says so. */
    private static Choice place(ClusterView view, Draft draft, VmRecord vm, Optional<NodeId> wanted) {
        return Reports.runsOn(view, vm.id())
                .<Choice>map(node -> new Choice.Chosen(node, "it runs there already"))
                .orElseGet(() -> Places.toStart(draft, vm, Set.of(), wanted));
    }

    private static Proposal put(Draft draft, VmRecord vm, Request.Context context, String text) {
        draft.put(vm, Reason.of(Severity.INFO, Topic.VM, vm.id(), text).by(context.actor()));
        return draft.together(Optional.empty());
    }

    static Verdict remove(ClusterView view, Request.RemoveVm request) {
        Optional<VmRecord> found = Intake.vm(view, request.vm());
        if (found.isEmpty()) {
            return Intake.unknownVm(view, request.vm());
        }
        Optional<Operation> busy = new Draft(view).inHand(request.vm());
        if (busy.isPresent() || found.get().phase() instanceof Phase.Migrating) {
            return Intake.refused(
                    "VM '" + request.vm() + "' is not removed",
                    busy.map(operation -> "operation " + operation.id() + " has it in hand")
                            .orElse("it is on its way to another node"),
                    "wait for its end, or cancel it with 'drover vm cancel " + request.vm() + "'");
        }
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        return new Verdict.Accepted(
                new Proposal(
                        Optional.empty(),
                        List.of(new Proposal.Put.ForgetVm(request.vm())),
                        List.of(Reason.of(
                                        Severity.INFO,
                                        Topic.VM,
                                        request.vm(),
                                        "is removed from the cluster; its guest is left as it is")
                                .by(request.context().actor()))),
                Optional.empty(),
                Plan.EMPTY);
    }

    static Verdict start(ClusterView view, Request.StartVm request) {
        Optional<VmRecord> found = Intake.vm(view, request.vm());
        if (found.isEmpty()) {
            return Intake.unknownVm(view, request.vm());
        }
        VmRecord vm = found.get();
        String what = "VM '" + vm.id() + "' is not started";
        if (vm.desired() == DesiredState.RUNNING && !vm.failed() && !(vm.phase() instanceof Phase.Stopped)) {
            return Intake.refused(what, "it runs or is being started", "drover vm show " + vm.id());
        }
        Draft draft = new Draft(view);
        cancelOthers(draft, vm);
        VmRecord wanted = (vm.failed() ? vm.forgiven() : vm).withDesired(DesiredState.RUNNING);
        if (vm.phase() instanceof Phase.Stopped) {
            Choice choice = place(view, draft, wanted, Optional.empty());
            if (choice instanceof Choice.Chosen chosen) {
                wanted = wanted.assignedTo(chosen.target());
            } else if (!RuleRepair.makesRoom(view, wanted)) {
                return Intake.refused(
                        what, "no node can take it: " + ((Choice.Nowhere) choice).text(), "free memory on a node");
            }
        }
        Operation operation = operation(view, OperationKind.START, vm, request.context(), Optional.empty())
                .withSteps(List.of(OperationStep.waiting(vm.id(), MoveKind.RESTART, Optional.empty(), "starting")));
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        draft.put(wanted, reason(Topic.VM, operation, "is started as asked"));
        draft.put(operation);
        return Intake.accepted(draft, operation, Plan.EMPTY);
    }

    static Verdict stop(ClusterView view, Request.StopVm request) {
        Optional<VmRecord> found = Intake.vm(view, request.vm());
        if (found.isEmpty()) {
            return Intake.unknownVm(view, request.vm());
        }
        VmRecord vm = found.get();
        String what = "VM '" + vm.id() + "' is not stopped";
        if (vm.phase() instanceof Phase.Migrating migrating) {
            return Intake.refused(
                    what,
                    "it is on its way from " + migrating.source() + " to " + migrating.target(),
                    "wait for its end, or cancel it with 'drover vm cancel " + vm.id() + "'");
        }
        if (vm.phase() instanceof Phase.Stopped && vm.desired() == DesiredState.OFF) {
            return Intake.refused(what, "it is off", "drover vm show " + vm.id());
        }
        if (request.context().dryRun()) {
            return new Verdict.Planned(Plan.EMPTY);
        }
        Draft draft = new Draft(view);
        cancelOthers(draft, vm);
        Operation operation = operation(view, OperationKind.STOP, vm, request.context(), Optional.empty())
                .withSteps(List.of(OperationStep.waiting(
                        vm.id(), MoveKind.RESTART, vm.phase().node(), "stopping")));
        VmRecord unwanted = vm.withDesired(DesiredState.OFF);
        VmRecord next = unwanted;
        if (vm.phase() instanceof Phase.Assigned assigned) {
            // Nobody has claimed it, so nobody executes it: the coordinator may take it back by itself.
            next = unwanted.stopped(assigned.owner());
        } else if (vm.phase() instanceof Phase.Placed) {
            next = unwanted.withStopRequest(StopRequest.of(operation.id(), request.turnOff()));
        }
        draft.put(
                next,
                reason(Topic.VM, operation, request.turnOff() ? "is turned off as asked" : "is shut down as asked"));
        draft.put(operation);
        return Intake.accepted(draft, operation, Plan.EMPTY);
    }

    /** A start ends a stop that is under way, and the other way round; steps of node operations end by themselves. */
    private static void cancelOthers(Draft draft, VmRecord vm) {
        draft.inHand(vm.id())
                .filter(operation -> operation.vm().isPresent())
                .ifPresent(operation -> draft.put(operation.cancelling()));
    }

    static Operation operation(
            ClusterView view, OperationKind kind, VmRecord vm, Request.Context context, Optional<NodeId> target) {
        return new Operation(
                Coordinator.nextOperation(view),
                kind,
                Optional.empty(),
                Optional.of(vm.id()),
                OperationState.RUNNING,
                context.actor(),
                context.reason(),
                view.now(),
                Optional.empty(),
                Optional.empty(),
                false,
                target,
                FailbackMode.NONE,
                false,
                List.of(),
                "",
                context.requestId());
    }

    private static Reason reason(Topic topic, Operation operation, String text) {
        return Reason.of(Severity.INFO, topic, operation.vm().orElseThrow(), text)
                .in(operation.id())
                .by(operation.actor());
    }
}
