package io.drover.engine.coordinator;

import io.drover.engine.placement.Choice;
import io.drover.engine.placement.Host;
import io.drover.model.DrainStatus;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.NodeMode;
import io.drover.model.NodeRecord;
import io.drover.model.NodeState;
import io.drover.model.Operation;
import io.drover.model.OperationKind;
import io.drover.model.OperationState;
import io.drover.model.OperationStep;
import io.drover.model.Phase;
import io.drover.model.Problem;
import io.drover.model.ProblemKind;
import io.drover.model.Reason;
import io.drover.model.Severity;
import io.drover.model.Topic;
import io.drover.model.VmRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Requests about nodes: drain, resume, evacuate. */
final class NodeRequests {
    private NodeRequests() {}

    static Verdict drain(ClusterView view, Request.Drain request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        String what = "node '" + request.node() + "' is not drained";
        Optional<Verdict> refusal = refusal(view, request, found.get(), what);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Draft draft = new Draft(view);
        Operation operation = operation(
                view,
                OperationKind.DRAIN,
                request.node(),
                request.context(),
                request.deadline(),
                request.force(),
                request.target(),
                FailbackMode.NONE);
        NodeRecord paused = found.get()
                .record()
                .withMode(
                        NodeMode.PAUSED,
                        DrainStatus.IN_PROGRESS,
                        Optional.of(operation.id()),
                        request.context().reason(),
                        request.context().actor());
        draft.put(paused);
        Plan plan = leaving(draft, request.node(), request.target(), request.force());
        if (request.context().dryRun()) {
            return new Verdict.Planned(plan);
        }
        int count = plan.moves().size() + plan.blocked().size();
        draft.put(
                operation,
                reason(
                        Topic.DRAIN,
                        operation,
                        "is paused and drained of " + count + " VMs" + because(request.context())));
        return Intake.accepted(draft, operation, plan);
    }

    private static Optional<Verdict> refusal(ClusterView view, Request.Drain request, NodeView node, String what) {
        Optional<Duration> deadline = request.deadline();
        if (deadline.filter(wait -> wait.isNegative() || wait.isZero()).isPresent()) {
            return Optional.of(new Verdict.Refused(
                    Problem.of(ProblemKind.USAGE, what, "drain deadline: " + deadline.get() + " (expected: > PT0S)")));
        }
        if (request.target().isPresent()) {
            NodeId target = request.target().get();
            if (!view.nodes().containsKey(target)) {
                return Optional.of(Intake.unknownNode(view, target));
            }
            if (target.equals(request.node())) {
                return Optional.of(Intake.refused(what, "its VMs cannot be sent to the node itself", "leave out --to"));
            }
        }
        if (node.record().witness()) {
            return Optional.of(ofWitness(what, node.id()));
        }
        NodeState state = NodeStates.of(node, view);
        if (state == NodeState.ISOLATED || state == NodeState.DOWN) {
            return Optional.of(Intake.refused(
                    what,
                    state == NodeState.DOWN ? "it is down" : "it is out of contact, so its VMs cannot be moved live",
                    "drover node show " + request.node()));
        }
        Optional<Operation> running = drainOf(view, request.node());
        if (running.isPresent()) {
            return Optional.of(Intake.refused(
                    what,
                    "operation " + running.get().id() + " drains it already",
                    "drover op watch " + running.get().id()));
        }
        boolean alone = view.nodes().values().stream()
                .noneMatch(other -> !other.id().equals(request.node())
                        && NodeStates.closed(other, view).isEmpty());
        if (alone && !isAnotherJoining(view, request.node())) {
            return Optional.of(Intake.refused(
                    what,
                    "it is the last node that is up: nothing could take its VMs",
                    "resume or repair another node first",
                    "stop its VMs with 'drover vm stop'"));
        }
        return Optional.empty();
    }

    private static Verdict ofWitness(String what, NodeId node) {
        return Intake.refused(
                what,
                "it is a witness: it runs no VMs, and is given none",
                "stop it before work on its machine: leases are held as long as a majority of the voters lives",
                "drover node show " + node);
    }

    private static boolean isAnotherJoining(ClusterView view, NodeId node) {
        return view.nodes().values().stream()
                .anyMatch(other -> !other.id().equals(node)
                        && !other.record().witness()
                        && NodeStates.of(other, view) == NodeState.JOINING);
    }

    private static Optional<Operation> drainOf(ClusterView view, NodeId node) {
        return view.operations().values().stream()
                .filter(operation -> operation.kind() == OperationKind.DRAIN
                        && !operation.state().isFinal()
                        && operation.node().equals(Optional.of(node)))
                .findFirst();
    }

    static Verdict resume(ClusterView view, Request.Resume request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        NodeRecord node = found.get().record();
        if (node.mode() == NodeMode.ACTIVE) {
            return Intake.refused(
                    "node '" + node.id() + "' is not resumed", "it is not paused", "drover node show " + node.id());
        }
        Draft draft = new Draft(view);
        drainOf(view, node.id()).ifPresent(drain -> draft.put(drain.cancelling()));
        draft.put(node.withMode(
                NodeMode.ACTIVE,
                DrainStatus.NOT_INITIATED,
                Optional.empty(),
                request.context().reason(),
                request.context().actor()));
        List<OperationStep> steps = Coordinator.returning(draft, node.id(), request.failback());
        Operation operation = operation(
                        view,
                        OperationKind.RESUME,
                        node.id(),
                        request.context(),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        request.failback())
                .withSteps(steps);
        Plan plan = returning(draft, node.id(), steps);
        if (request.context().dryRun()) {
            return new Verdict.Planned(plan);
        }
        draft.put(
                operation,
                reason(
                        Topic.DRAIN,
                        operation,
                        "is taken back into service, " + steps.size() + " VMs return" + because(request.context())));
        return Intake.accepted(draft, operation, plan);
    }

    static Verdict evacuate(ClusterView view, Request.Evacuate request) {
        Optional<NodeView> found = Intake.node(view, request.node());
        if (found.isEmpty()) {
            return Intake.unknownNode(view, request.node());
        }
        String what = "node '" + request.node() + "' is not evacuated";
        if (found.get().record().witness()) {
            return ofWitness(what, request.node());
        }
        NodeState state = NodeStates.of(found.get(), view);
        if (state == NodeState.ISOLATED || state == NodeState.DOWN) {
            return Intake.refused(what, "it is out of contact", "drover node show " + request.node());
        }
        boolean already = view.operations().values().stream()
                .anyMatch(operation -> !operation.state().isFinal()
                        && operation.node().equals(Optional.of(request.node()))
                        && operation.kind() != OperationKind.RESUME);
        if (already) {
            return Intake.refused(what, "it is being emptied already", "drover op list");
        }
        Draft draft = new Draft(view);
        Plan plan = leaving(draft, request.node(), Optional.empty(), false);
        if (request.context().dryRun()) {
            return new Verdict.Planned(plan);
        }
        Operation operation = Coordinator.evacuation(
                view,
                Coordinator.nextOperation(view),
                request.node(),
                request.context().actor(),
                request.context().reason(),
                request.context().requestId());
        draft.put(operation, reason(Topic.EVACUATION, operation, "is emptied as asked" + because(request.context())));
        return Intake.accepted(draft, operation, plan);
    }

    /** Where the VMs of a node would go, each placed after those before it. */
    static Plan leaving(Draft draft, NodeId node, Optional<NodeId> target, boolean force) {
        List<VmRecord> here = draft.vms().stream()
                .filter(vm -> vm.phase() instanceof Phase.Placed placed
                        && placed.owner().equals(node))
                .toList();
        List<Host> hosts = new ArrayList<>(draft.hosts());
        List<Plan.Move> moves = new ArrayList<>();
        List<Plan.Blocked> blocked = new ArrayList<>();
        for (VmRecord vm : Moves.inOrder(draft, here)) {
            Optional<String> tied = Places.tied(draft, vm, node, force);
            MoveKind kind = vm.spec().liveMigratable() ? MoveKind.LIVE : MoveKind.RESTART;
            if (kind == MoveKind.RESTART && !force) {
                blocked.add(
                        new Plan.Blocked(vm.id(), "it cannot move live", "--force stops it and starts it elsewhere"));
                continue;
            }
            if (tied.isPresent()) {
                blocked.add(new Plan.Blocked(vm.id(), tied.get(), "--force stops that VM and starts it elsewhere"));
                continue;
            }
            plan(draft, hosts, vm, node, target, kind, moves, blocked);
        }
        return CheckedPlan.of(draft, moves, blocked);
    }

    private static Plan returning(Draft draft, NodeId node, List<OperationStep> steps) {
        List<Host> hosts = new ArrayList<>(draft.hosts());
        List<Plan.Move> moves = new ArrayList<>();
        List<Plan.Blocked> blocked = new ArrayList<>();
        for (OperationStep step : steps) {
            VmRecord vm = draft.vm(step.vm()).orElseThrow();
            plan(draft, hosts, vm, step.source().orElseThrow(), Optional.of(node), MoveKind.LIVE, moves, blocked);
        }
        return CheckedPlan.of(draft, moves, blocked);
    }

    static void plan(
            Draft draft,
            List<Host> hosts,
            VmRecord vm,
            NodeId source,
            Optional<NodeId> wanted,
            MoveKind kind,
            List<Plan.Move> moves,
            List<Plan.Blocked> blocked) {
        Choice choice = Places.toMove(draft, hosts, vm, source, List.of(), wanted);
        if (choice instanceof Choice.Chosen chosen) {
            hosts.replaceAll(host -> host.id().equals(chosen.target()) ? host.with(vm.spec()) : host);
            hosts.replaceAll(host -> host.id().equals(source) ? host.leftBy(vm.spec()) : host);
            moves.add(new Plan.Move(
                    vm.id(), kind, source, chosen.target(), vm.spec().memory(), chosen.why()));
        } else if (choice instanceof Choice.Nowhere nowhere) {
            blocked.add(new Plan.Blocked(vm.id(), nowhere.text(), "free memory on another node, or add a node"));
        }
    }

    private static Operation operation(
            ClusterView view,
            OperationKind kind,
            NodeId node,
            Request.Context context,
            Optional<Duration> deadline,
            boolean force,
            Optional<NodeId> target,
            FailbackMode failback) {
        return new Operation(
                Coordinator.nextOperation(view),
                kind,
                Optional.of(node),
                Optional.empty(),
                OperationState.RUNNING,
                context.actor(),
                context.reason(),
                view.now(),
                deadline.map(view.now()::plus),
                Optional.empty(),
                force,
                target,
                failback,
                false,
                List.of(),
                "",
                context.requestId());
    }

    private static Reason reason(Topic topic, Operation operation, String text) {
        return Reason.of(Severity.INFO, topic, operation.node().orElseThrow(), text)
                .in(operation.id())
                .by(operation.actor());
    }

    private static String because(Request.Context context) {
        return context.reason().isEmpty() ? "" : " (" + context.reason() + ")";
    }
}
