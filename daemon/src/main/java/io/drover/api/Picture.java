package io.drover.api;

import io.drover.coordination.codec.Enums;
import io.drover.coordination.codec.OperationCodec;
import io.drover.coordination.codec.SettingsCodec;
import io.drover.coordination.codec.StatusEnums;
import io.drover.coordination.codec.Times;
import io.drover.coordination.codec.VmCodec;
import io.drover.engine.coordinator.ClusterView;
import io.drover.engine.coordinator.Explanation;
import io.drover.engine.coordinator.NodeStates;
import io.drover.engine.coordinator.NodeView;
import io.drover.engine.coordinator.QuorumView;
import io.drover.engine.coordinator.RuleStates;
import io.drover.engine.coordinator.Suspicion;
import io.drover.engine.coordinator.VmStates;
import io.drover.model.DrainStatus;
import io.drover.model.FailoverPolicy;
import io.drover.model.FencingState;
import io.drover.model.GuestReport;
import io.drover.model.HealthLevel;
import io.drover.model.LiveNode;
import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.NodeReport;
import io.drover.model.NodeState;
import io.drover.model.Operation;
import io.drover.model.OperationState;
import io.drover.model.Phase;
import io.drover.model.StorageMove;
import io.drover.model.VmRecord;
import io.drover.model.VmState;
import io.drover.proto.v1.CandidateNode;
import io.drover.proto.v1.ClusterHealth;
import io.drover.proto.v1.ExplainVmResponse;
import io.drover.proto.v1.GetStatusResponse;
import io.drover.proto.v1.MoveKind;
import io.drover.proto.v1.NodeStatus;
import io.drover.proto.v1.QuorumStatus;
import io.drover.proto.v1.VmStatus;
import io.drover.proto.v1.VoterStatus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Draws what the coordinator knows as the answer that operators get. Pure. */
public final class Picture {
    /** Finished operations that a status shows. */
    private static final int RECENT = 10;

    private Picture() {}

    /**
     * The whole picture.
     *
     * @param view what is known
     * @param since when a node or VM came to its present state, by kind and name
     */
    public static GetStatusResponse.Builder of(ClusterView view, Function<String, Optional<java.time.Instant>> since) {
        GetStatusResponse.Builder answer = GetStatusResponse.newBuilder()
                .setEpoch(view.epoch())
                .setCoordinatorSince(Times.toProto(view.since()))
                .setAt(Times.toProto(view.now()))
                .setQuorate(true)
                .setSettings(SettingsCodec.toProto(view.settings()));
        List<String> problems = new ArrayList<>();
        QuorumView quorum = QuorumView.of(view);
        answer.setQuorum(toProto(quorum));
        problems.addAll(clusterProblems(view, quorum));
        view.nodes().values().forEach(node -> {
            NodeStatus.Builder status = node(node, view);
            since.apply("node/" + node.id()).ifPresent(at -> status.setSince(Times.toProto(at)));
            answer.addNodes(status);
            nodeProblem(status).ifPresent(problems::add);
        });
        view.vms().values().forEach(vm -> {
            VmStatus.Builder status = vm(vm, view);
            since.apply("vm/" + vm.id()).ifPresent(at -> status.setSince(Times.toProto(at)));
            answer.addVms(status);
            vmProblem(vm, status).ifPresent(problems::add);
        });
        operations(view).forEach(operation -> answer.addOperations(OperationCodec.toProto(operation)));
        answer.addAllProblems(problems);
        answer.setHealth(
                problems.isEmpty() ? ClusterHealth.CLUSTER_HEALTH_HEALTHY : ClusterHealth.CLUSTER_HEALTH_DEGRADED);
        return answer;
    }

    private static List<String> clusterProblems(ClusterView view, QuorumView quorum) {
        List<String> problems = new ArrayList<>();
        if (quorum.isAtRisk()) {
            problems.add(quorum.text());
        }
        FailoverPolicy failover = view.settings().failover();
        if (!failover.isArmed(view.now())) {
            problems.add("the cluster is disarmed"
                    + failover.armedAgainAt()
                            .map(at -> " until " + at.truncatedTo(ChronoUnit.SECONDS))
                            .orElse("")
                    + (failover.disarmReason().isEmpty() ? "" : " (" + failover.disarmReason() + ")")
                    + ": it fences nobody, and starts and moves nothing unasked");
        } else if (!Suspicion.all(view).isEmpty()) {
            Suspicion.hindrance(view).ifPresent(why -> problems.add("nobody is fenced now: " + why));
        }
        RuleStates.broken(view)
                .forEach(broken -> problems.add("rule " + broken.rule().name() + " does not hold: " + broken.where()
                        + (broken.why().isEmpty() ? "" : "; " + broken.why())));
        return problems;
    }

    private static QuorumStatus toProto(QuorumView quorum) {
        QuorumStatus.Builder status = QuorumStatus.newBuilder()
                .setVersion(quorum.version())
                .setKnown(quorum.known())
                .setMajority(quorum.majority())
                .setAlive(quorum.alive())
                .setSpare(quorum.spare())
                .setText(quorum.text())
                .setChange(quorum.change().orElse(""));
        quorum.voters()
                .forEach(voter -> status.addVoters(VoterStatus.newBuilder()
                        .setNode(voter.node().value())
                        .setWitness(voter.witness())
                        .setAlive(voter.alive())
                        .setWhy(voter.why())));
        return status.build();
    }

    /** Why a VM is where it is. */
    public static ExplainVmResponse explanation(VmRecord vm, ClusterView view) {
        Explanation explanation = Explanation.of(vm, view);
        ExplainVmResponse.Builder answer =
                ExplainVmResponse.newBuilder().setVm(vm(vm, view)).addAllSentences(explanation.sentences());
        explanation
                .candidates()
                .forEach(candidate -> answer.addCandidates(CandidateNode.newBuilder()
                        .setNode(candidate.node().value())
                        .setPossible(candidate.possible())
                        .setWhy(candidate.why())));
        return answer.build();
    }

    private static List<Operation> operations(ClusterView view) {
        Comparator<Operation> newest =
                Comparator.comparing(Operation::createdAt).reversed().thenComparing(Operation::id);
        List<Operation> shown = new ArrayList<>(view.operations().values().stream()
                .filter(operation -> operation.state() == OperationState.RUNNING)
                .sorted(newest)
                .toList());
        view.operations().values().stream()
                .filter(operation -> operation.state().isFinal())
                .sorted(newest)
                .limit(RECENT)
                .forEach(shown::add);
        return shown;
    }

    /** One node. */
    static NodeStatus.Builder node(NodeView node, ClusterView view) {
        NodeState state = NodeStates.of(node, view);
        NodeStatus.Builder status = NodeStatus.newBuilder()
                .setName(node.id().value())
                .setState(StatusEnums.toProto(state))
                .setDrainStatus(Enums.toProto(node.record().drainStatus()))
                .setIncarnation(node.record().incarnation())
                .setHealth(StatusEnums.toProto(node.health()))
                .setMessage(message(node, state, view))
                .setReason(node.record().reason())
                .setActor(node.record().actor())
                .setVoter(view.voters().members().contains(node.id()))
                .setWitness(node.record().witness())
                .setFencing(Enums.toProto(node.record().fencing()))
                .setFencingProof(node.record().fencingProof())
                .setDepartures(node.record().departures().size())
                .setDrainOperation(
                        node.record().drainOperation().map(Object::toString).orElse(""));
        view.vms().values().stream()
                .filter(vm ->
                        vm.phase().node().equals(Optional.of(node.id())) && !(vm.phase() instanceof Phase.Stopped))
                .forEach(vm -> status.addVms(vm.id().value()));
        long moving = view.vms().values().stream()
                .filter(vm -> vm.phase() instanceof Phase.Migrating migrating
                        && migrating.nodes().contains(node.id()))
                .count();
        status.setMigrationsRunning((int) moving);
        node.heard()
                .ifPresent(heard ->
                        status.setHeardAgo(Times.toProto(nonNegative(Duration.between(heard.at(), view.now())))));
        node.record()
                .quarantinedUntil()
                .filter(until -> until.isAfter(view.now()))
                .ifPresent(until -> status.setQuarantinedUntil(Times.toProto(until)));
        node.report().ifPresent(report -> fillReport(status, report));
        node.live().ifPresent(live -> fillLive(status, live));
        return status;
    }

    private static Duration nonNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private static void fillReport(NodeStatus.Builder status, NodeReport report) {
        status.setMemoryTotal(report.memoryTotal())
                .setMemoryAvailable(Math.max(0, report.memoryAvailable()))
                .setCpuLoad(report.cpuLoad())
                .setCpus(report.cpus())
                .setVersion(report.version())
                .setLease(StatusEnums.toProto(report.lease()));
        report.probes().forEach(probe -> status.addProbes(ReportCodec.toProto(probe)));
    }

    private static void fillLive(NodeStatus.Builder status, LiveNode live) {
        status.setGrpcAddress(live.grpcAddress()).setHttpAddress(live.httpAddress());
    }

    private static String message(NodeView node, NodeState state, ClusterView view) {
        List<String> parts = new ArrayList<>();
        switch (state) {
            case ISOLATED -> parts.add(NodeStates.isolated(node, view));
            case JOINING -> parts.add("waiting for its first report");
            case DOWN -> parts.add(down(node.record()));
            case QUARANTINED ->
                parts.add("was lost " + node.record().departures().size() + " times lately; may own no VMs until "
                        + node.record()
                                .quarantinedUntil()
                                .map(until ->
                                        until.truncatedTo(ChronoUnit.SECONDS).toString())
                                .orElse("it is cleared"));
            case UP, PAUSED -> {}
        }
        NodeStates.worstProbe(node)
                .ifPresent(probe -> parts.add("probe " + probe.name() + " "
                        + probe.level().name().toLowerCase(java.util.Locale.ROOT) + ": " + probe.evidence()));
        view.operations().values().stream()
                .filter(operation -> operation.state() == OperationState.RUNNING
                        && operation.node().equals(Optional.of(node.id())))
                .map(Picture::progress)
                .forEach(parts::add);
        if (node.record().drainStatus() == DrainStatus.FAILED) {
            parts.add("drain failed: "
                    + node.record()
                            .drainOperation()
                            .flatMap(id -> Optional.ofNullable(view.operations().get(id)))
                            .map(Operation::message)
                            .orElse("see drover op list"));
        }
        return String.join("; ", parts);
    }

    private static String down(NodeRecord node) {
        if (node.incarnation() == 0) {
            return "has never joined";
        }
        return node.fencing() == FencingState.LEFT ? "has left" : "is proved down";
    }

    /** How far an operation is, in words. */
    static String progress(Operation operation) {
        long done = operation.steps().stream()
                .filter(step -> step.state().isFinal())
                .count();
        String waits = operation.steps().stream()
                .filter(step -> !step.state().isFinal() && !step.message().isEmpty())
                .map(step -> step.vm() + " " + step.message())
                .findFirst()
                .map(text -> " (" + text + ")")
                .orElse("");
        return operation.kind().name().toLowerCase(java.util.Locale.ROOT) + " " + operation.id() + ": " + done + " of "
                + operation.steps().size() + " VMs" + waits;
    }

    private static Optional<String> nodeProblem(NodeStatus.Builder status) {
        boolean bad = switch (status.getState()) {
            case NODE_STATE_UP, NODE_STATE_PAUSED, NODE_STATE_JOINING ->
                status.getHealthValue()
                                > StatusEnums.toProto(HealthLevel.HEALTHY).getNumber()
                        || status.getDrainStatus() == io.drover.proto.v1.DrainStatus.DRAIN_STATUS_FAILED;
            default -> true;
        };
        String what = "node " + status.getName() + " is "
                + status.getState().name().substring("NODE_STATE_".length()).toLowerCase(java.util.Locale.ROOT);
        return bad
                ? Optional.of(what + (status.getMessage().isEmpty() ? "" : ": " + status.getMessage()))
                : Optional.empty();
    }

    private static Optional<String> vmProblem(VmRecord vm, VmStatus.Builder status) {
        VmState state = StatusEnums.fromProto(status.getState());
        boolean waits = state == VmState.OFF && vm.desired() == io.drover.model.DesiredState.RUNNING;
        if (state == VmState.FAILED || state == VmState.UNMONITORED || waits) {
            return Optional.of("VM " + vm.id() + " is " + state.name().toLowerCase(java.util.Locale.ROOT) + ": "
                    + status.getMessage());
        }
        return Optional.empty();
    }

    /** One VM. */
    public static VmStatus.Builder vm(VmRecord vm, ClusterView view) {
        VmStates.Condition condition = VmStates.of(vm, view);
        VmStatus.Builder status = VmStatus.newBuilder()
                .setName(vm.id().value())
                .setState(StatusEnums.toProto(condition.state()))
                .setMessage(condition.message())
                .setNode(
                        vm.phase() instanceof Phase.Stopped
                                ? ""
                                : vm.phase().node().map(NodeId::value).orElse(""))
                .setDesired(Enums.toProto(vm.desired()))
                .setGeneration(vm.generation())
                .setMemory(vm.spec().memory())
                .setCpus(vm.spec().cpus())
                .setPriority(Enums.toProto(vm.spec().priority()))
                .setRestarts(vm.failures().size())
                .setSpec(VmCodec.toProto(vm.spec()))
                .setDrainedFrom(vm.drainedFrom().map(NodeId::value).orElse(""));
        vm.lastMigration().ifPresent(result -> status.setLastMigration(VmCodec.toProto(result)));
        vm.failures().forEach(failure -> status.addFailures(VmCodec.toProto(failure)));
        if (vm.phase() instanceof Phase.Migrating migrating) {
            status.setMove(move(vm, migrating, view));
        } else if (vm.storageMove().isPresent() && vm.phase() instanceof Phase.Placed placed) {
            StorageMove asked = vm.storageMove().get();
            status.setMove(move(
                    vm,
                    new Phase.Migrating(
                            placed.owner(), placed.incarnation(), placed.owner(), asked.operation(), asked.attempt()),
                    view));
        }
        return status;
    }

    private static io.drover.proto.v1.MoveProgress move(VmRecord vm, Phase.Migrating migrating, ClusterView view) {
        MoveProgress progress = Optional.ofNullable(view.nodes().get(migrating.source()))
                .flatMap(NodeView::report)
                .flatMap(report -> report.guest(vm.id()))
                .flatMap(GuestReport::move)
                .orElse(MoveProgress.NONE);
        return ReportCodec.toProto(progress)
                .setOperation(migrating.operation().value())
                .setSource(migrating.source().value())
                .setTarget(migrating.target().value())
                .setKind(MoveKind.MOVE_KIND_LIVE)
                .build();
    }
}
