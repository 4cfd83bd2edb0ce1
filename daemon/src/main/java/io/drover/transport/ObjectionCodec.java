package io.drover.transport;

import io.drover.coordination.codec.StatusEnums;
import io.drover.engine.migration.Refusal;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.model.NodeId;
import io.drover.model.Severity;
import io.drover.model.VmId;
import io.drover.proto.v1.CheckGuestResponse;
import io.drover.proto.v1.CheckReceptionResponse;
import java.util.List;

/** What stands in the way of a move, to and from the wire. */
final class ObjectionCodec {
    private ObjectionCodec() {}

    static List<io.drover.proto.v1.Objection> toWire(
            VmId vm, NodeId source, NodeId target, List<Objection> objections) {
        return objections.stream()
                .map(each -> toWire(each)
                        .setVm(vm.value())
                        .setSource(source.value())
                        .setTarget(target.value())
                        .build())
                .toList();
    }

    private static io.drover.proto.v1.Objection.Builder toWire(Objection objection) {
        return io.drover.proto.v1.Objection.newBuilder()
                .setProblem(objection.problem())
                .setText(objection.text())
                .setRemedy(objection.remedy())
                .setSeverity(StatusEnums.toProto(objection.severity()));
    }

    static CheckReceptionResponse toWire(Reception reception) {
        CheckReceptionResponse.Builder message = CheckReceptionResponse.newBuilder()
                .setEndpoint(reception.endpoint())
                .setProcessors(reception.processors())
                .addAllNetworks(reception.networks());
        reception.objections().forEach(each -> message.addObjections(toWire(each)));
        return message.build();
    }

    /**
     * Reads what a target says.
     *
     * @throws IllegalArgumentException if a severity is missing or unknown
     */
    static Reception fromWire(CheckReceptionResponse message) {
        return new Reception(
                message.getEndpoint(),
                message.getProcessors(),
                message.getNetworksList(),
                fromWire(message.getObjectionsList()));
    }

    static CheckGuestResponse toWire(List<Objection> objections) {
        CheckGuestResponse.Builder message = CheckGuestResponse.newBuilder();
        objections.forEach(each -> message.addObjections(toWire(each)));
        return message.build();
    }

    /**
     * Reads objections without their nodes.
     *
     * @throws IllegalArgumentException if a severity is missing or unknown
     */
    static List<Objection> fromWire(List<io.drover.proto.v1.Objection> objections) {
        return objections.stream()
                .map(each -> new Objection(
                        each.getProblem(), each.getText(), each.getRemedy(), StatusEnums.fromProto(each.getSeverity())))
                .toList();
    }

    /** A refusal by the names under which hypervisors know the same. */
    static Objection of(Refusal refusal) {
        String problem = switch (refusal.cause()) {
            case NOT_ENOUGH_MEMORY -> "NO_RESOURCES";
            case NO_SLOT -> "BUSY_RETRY";
            case STALE_RECORD -> "INVALID_STATE";
            case INCOMPATIBLE_CPU -> "INCOMPATIBLE_CPU";
            case STORAGE_UNREACHABLE -> "STORAGE";
            case NETWORK_MISSING -> "INCOMPATIBLE_SWITCH";
            case TRANSPORT_UNSUPPORTED -> "UNSUPPORTED";
            case NOT_ACCEPTING -> "NOT_ACCEPTING";
            case HYPERVISOR_FAILED -> "ALREADY_THERE";
            case NO_LEASE -> "NO_LEASE";
        };
        // A slot is waited for; the rest has to be changed by somebody.
        Severity severity = problem.equals("BUSY_RETRY") ? Severity.WARNING : Severity.ERROR;
        return new Objection(problem, refusal.text(), refusal.remedy(), severity);
    }
}
