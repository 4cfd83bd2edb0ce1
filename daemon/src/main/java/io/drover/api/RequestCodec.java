package io.drover.api;

import io.drover.coordination.codec.Enums;
import io.drover.coordination.codec.PolicyCodec;
import io.drover.coordination.codec.StorageCodec;
import io.drover.coordination.codec.Times;
import io.drover.coordination.codec.VmCodec;
import io.drover.engine.coordinator.Plan;
import io.drover.engine.coordinator.Request;
import io.drover.model.AffinityRule;
import io.drover.model.DesiredState;
import io.drover.model.FailbackMode;
import io.drover.model.MoveKind;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Problem;
import io.drover.model.ProblemException;
import io.drover.model.ProblemKind;
import io.drover.model.VmId;
import io.drover.proto.v1.AddRuleRequest;
import io.drover.proto.v1.AddVmRequest;
import io.drover.proto.v1.AddVoterRequest;
import io.drover.proto.v1.ArmRequest;
import io.drover.proto.v1.BlockedMove;
import io.drover.proto.v1.CancelOperationRequest;
import io.drover.proto.v1.CancelVmRequest;
import io.drover.proto.v1.ClearQuarantineRequest;
import io.drover.proto.v1.ConfirmNodeDeadRequest;
import io.drover.proto.v1.DisarmRequest;
import io.drover.proto.v1.DrainNodeRequest;
import io.drover.proto.v1.EvacuateNodeRequest;
import io.drover.proto.v1.FenceNodeRequest;
import io.drover.proto.v1.MigrateVmRequest;
import io.drover.proto.v1.PlannedMove;
import io.drover.proto.v1.RemoveNodeRequest;
import io.drover.proto.v1.RemoveRuleRequest;
import io.drover.proto.v1.RemoveVmRequest;
import io.drover.proto.v1.RemoveVoterRequest;
import io.drover.proto.v1.RequestContext;
import io.drover.proto.v1.ResumeNodeRequest;
import io.drover.proto.v1.SetConfigRequest;
import io.drover.proto.v1.SetVmRequest;
import io.drover.proto.v1.StartVmRequest;
import io.drover.proto.v1.StopVmRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Turns operators' messages into requests: what is wrong in one is found here, before anything is decided. */
final class RequestCodec {
    private RequestCodec() {}

    static Request drain(DrainNodeRequest message) {
        return checked(() -> {
            Optional<Duration> deadline =
                    message.hasDeadline() ? Optional.of(Times.fromProto(message.getDeadline())) : Optional.empty();
            deadline.filter(length -> length.isNegative() || length.isZero()).ifPresent(length -> {
                throw new IllegalArgumentException("drain deadline: " + length + " (expected: > PT0S)");
            });
            return new Request.Drain(
                    context(message.getContext()),
                    new NodeId(message.getNode()),
                    optionalNode(message.getTarget()),
                    deadline,
                    message.getForce());
        });
    }

    static Request resume(ResumeNodeRequest message) {
        return checked(() -> new Request.Resume(
                context(message.getContext()),
                new NodeId(message.getNode()),
                message.getFailback() == io.drover.proto.v1.FailbackMode.FAILBACK_MODE_UNSPECIFIED
                        ? FailbackMode.POLICY
                        : Enums.fromProto(message.getFailback())));
    }

    static Request evacuate(EvacuateNodeRequest message) {
        return checked(() -> new Request.Evacuate(context(message.getContext()), new NodeId(message.getNode())));
    }

    static Request add(AddVmRequest message) {
        return checked(() -> new Request.AddVm(
                context(message.getContext()),
                VmCodec.fromProto(message.getSpec()),
                optionalNode(message.getNode()),
                message.getDesired() == io.drover.proto.v1.DesiredState.DESIRED_STATE_UNSPECIFIED
                        ? DesiredState.RUNNING
                        : Enums.fromProto(message.getDesired())));
    }

    static Request remove(RemoveVmRequest message) {
        return checked(() -> new Request.RemoveVm(context(message.getContext()), new VmId(message.getVm())));
    }

    static Request start(StartVmRequest message) {
        return checked(() -> new Request.StartVm(context(message.getContext()), new VmId(message.getVm())));
    }

    static Request stop(StopVmRequest message) {
        return checked(() ->
                new Request.StopVm(context(message.getContext()), new VmId(message.getVm()), message.getTurnOff()));
    }

    static Request migrate(MigrateVmRequest message) {
        return checked(() -> new Request.MigrateVm(
                context(message.getContext()),
                new VmId(message.getVm()),
                optionalNode(message.getTarget()),
                message.getKind() == io.drover.proto.v1.MoveKind.MOVE_KIND_UNSPECIFIED
                        ? MoveKind.LIVE
                        : Enums.fromProto(message.getKind()),
                StorageCodec.fromProto(message.getStorage())));
    }

    static Request fence(FenceNodeRequest message) {
        return checked(() -> new Request.Fence(context(message.getContext()), new NodeId(message.getNode())));
    }

    static Request confirmDead(ConfirmNodeDeadRequest message) {
        return checked(() -> new Request.ConfirmDead(
                context(message.getContext()), new NodeId(message.getNode()), message.getForce()));
    }

    static Request clearQuarantine(ClearQuarantineRequest message) {
        return checked(() -> new Request.ClearQuarantine(context(message.getContext()), new NodeId(message.getNode())));
    }

    static Request removeNode(RemoveNodeRequest message) {
        return checked(() -> new Request.RemoveNode(context(message.getContext()), new NodeId(message.getNode())));
    }

    static Request addVoter(AddVoterRequest message) {
        return checked(() -> new Request.AddVoter(context(message.getContext()), new NodeId(message.getNode())));
    }

    static Request removeVoter(RemoveVoterRequest message) {
        return checked(() -> new Request.RemoveVoter(
                context(message.getContext()), new NodeId(message.getNode()), message.getForce()));
    }

    static Request arm(ArmRequest message) {
        return checked(() -> new Request.Arm(context(message.getContext())));
    }

    static Request disarm(DisarmRequest message) {
        return checked(() -> new Request.Disarm(
                context(message.getContext()),
                message.hasLength() ? Optional.of(Times.fromProto(message.getLength())) : Optional.empty()));
    }

    static Request setVm(SetVmRequest message) {
        return checked(() -> new Request.SetVm(
                context(message.getContext()), new VmId(message.getVm()), new TreeMap<>(message.getValuesMap())));
    }

    static Request setConfig(SetConfigRequest message) {
        return checked(() -> {
            if (message.getValuesCount() == 0) {
                throw new IllegalArgumentException("settings: none (expected: at least one KEY=VALUE)");
            }
            Map<String, String> values = new TreeMap<>(message.getValuesMap());
            String what = values.entrySet().stream()
                    .map(value -> value.getValue().isBlank()
                            ? value.getKey() + " as by default"
                            : value.getKey() + "=" + value.getValue())
                    .collect(Collectors.joining(", "));
            return new Request.Configure(
                    context(message.getContext()), settings -> SettingNames.with(settings, values), what);
        });
    }

    static Request addRule(AddRuleRequest message) {
        return checked(() -> {
            AffinityRule rule = PolicyCodec.fromProto(message.getRule());
            if (!rule.name().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
                throw new IllegalArgumentException(
                        "rule: '" + rule.name() + "' (expected: 1 to 63 letters, digits, '.', '_' or '-')");
            }
            String kind = rule.kind().name().toLowerCase(Locale.ROOT);
            return new Request.Configure(
                    context(message.getContext()),
                    settings -> settings.withRules(replaced(settings.rules(), rule)),
                    "rule " + rule.name() + ": " + kind + " " + rule.vms() + (rule.enforced() ? ", enforced" : ""));
        });
    }

    private static List<AffinityRule> replaced(List<AffinityRule> rules, AffinityRule rule) {
        List<AffinityRule> next = new ArrayList<>(rules);
        next.removeIf(known -> known.name().equals(rule.name()));
        next.add(rule);
        return next;
    }

    static Request removeRule(RemoveRuleRequest message) {
        String name = message.getName();
        return checked(() -> new Request.Configure(
                context(message.getContext()),
                settings -> {
                    List<AffinityRule> next = new ArrayList<>(settings.rules());
                    if (!next.removeIf(known -> known.name().equals(name))) {
                        throw new IllegalArgumentException("rule '" + name + "': there is none (expected: one of "
                                + settings.rules().stream()
                                        .map(AffinityRule::name)
                                        .toList() + ")");
                    }
                    return settings.withRules(next);
                },
                "rule " + name + " is removed"));
    }

    static Request cancel(CancelVmRequest message) {
        return checked(() -> new Request.CancelVm(context(message.getContext()), new VmId(message.getVm())));
    }

    static Request cancel(CancelOperationRequest message) {
        return checked(
                () -> new Request.CancelOperation(context(message.getContext()), new OperationId(message.getId())));
    }

    /** A name from a message that is not a request. */
    static OperationId operation(String name) {
        return checked(() -> new OperationId(name));
    }

    private static <T> T checked(Supplier<T> read) {
        try {
            return read.get();
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.of(
                    ProblemKind.USAGE, "the request is not accepted", String.valueOf(e.getMessage()), "drover --help"));
        }
    }

    private static Request.Context context(RequestContext message) {
        return new Request.Context(
                message.getActor().isEmpty() ? "unknown" : message.getActor(),
                message.getReason(),
                message.getDryRun(),
                message.getRequestId());
    }

    private static Optional<NodeId> optionalNode(String name) {
        return name.isEmpty() ? Optional.empty() : Optional.of(new NodeId(name));
    }

    static io.drover.proto.v1.Plan toProto(Plan plan) {
        io.drover.proto.v1.Plan.Builder message = io.drover.proto.v1.Plan.newBuilder();
        plan.moves()
                .forEach(move -> message.addMoves(PlannedMove.newBuilder()
                        .setVm(move.vm().value())
                        .setKind(Enums.toProto(move.kind()))
                        .setSource(move.source().value())
                        .setTarget(move.target().value())
                        .setMemory(move.memory())
                        .setReason(move.why())));
        plan.blocked()
                .forEach(blocked -> message.addBlocked(BlockedMove.newBuilder()
                        .setVm(blocked.vm().value())
                        .setReason(blocked.reason())
                        .setRemedy(blocked.remedy())));
        return message.build();
    }
}
