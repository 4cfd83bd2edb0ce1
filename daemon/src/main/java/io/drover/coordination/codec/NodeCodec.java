package io.drover.coordination.codec;

import io.drover.model.Assignment;
import io.drover.model.Assignments;
import io.drover.model.LiveNode;
import io.drover.model.NodeId;
import io.drover.model.NodeRecord;
import io.drover.model.VmId;
import io.drover.proto.v1.AssignmentsRecord;
import io.drover.proto.v1.LiveRecord;
import io.drover.proto.v1.Provenance;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is stored about nodes, as messages and back. Every {@code fromProto} throws {@link IllegalArgumentException} if a
 * name or a word is not one that the model allows.
 */
public final class NodeCodec {
    private NodeCodec() {}

    /** A node's record as it is stored. */
    public static io.drover.proto.v1.NodeRecord toProto(NodeRecord node, Provenance provenance) {
        io.drover.proto.v1.NodeRecord.Builder message = io.drover.proto.v1.NodeRecord.newBuilder()
                .setProvenance(provenance)
                .setName(node.id().value())
                .setIncarnation(node.incarnation())
                .setFencing(Enums.toProto(node.fencing()))
                .setFencingProof(node.fencingProof())
                .setMode(Enums.toProto(node.mode()))
                .setDrainStatus(Enums.toProto(node.drainStatus()))
                .setDrainOperation(Names.orEmpty(node.drainOperation()))
                .setVoter(node.voter())
                .setFaultDomain(node.faultDomain())
                .setReason(node.reason())
                .setActor(node.actor())
                .addAllDepartures(node.departures().stream().map(Times::toProto).toList())
                .setWitness(node.witness());
        node.quarantinedUntil().map(Times::toProto).ifPresent(message::setQuarantinedUntil);
        return message.build();
    }

    /** A node's record from its stored form. */
    public static NodeRecord fromProto(io.drover.proto.v1.NodeRecord message) {
        return new NodeRecord(
                new NodeId(message.getName()),
                message.getIncarnation(),
                Enums.fromProto(message.getFencing()),
                message.getFencingProof(),
                Enums.fromProto(message.getMode()),
                Enums.fromProto(message.getDrainStatus()),
                Names.operation(message.getDrainOperation()),
                message.getVoter(),
                message.getFaultDomain(),
                message.getReason(),
                message.getActor(),
                message.getDeparturesList().stream().map(Times::fromProto).toList(),
                message.hasQuarantinedUntil()
                        ? Optional.of(Times.fromProto(message.getQuarantinedUntil()))
                        : Optional.empty(),
                message.getWitness());
    }

    /** A live node's record as it is stored. */
    public static LiveRecord toProto(LiveNode live, Provenance provenance) {
        return LiveRecord.newBuilder()
                .setProvenance(provenance)
                .setName(live.id().value())
                .setIncarnation(live.incarnation())
                .setGrpcAddress(live.grpcAddress())
                .setHttpAddress(live.httpAddress())
                .setVersion(live.version())
                .build();
    }

    /** A live node's record from its stored form. */
    public static LiveNode fromProto(LiveRecord message) {
        return new LiveNode(
                new NodeId(message.getName()),
                message.getIncarnation(),
                message.getGrpcAddress(),
                message.getHttpAddress(),
                message.getVersion());
    }

    /** A node's assignments as they are stored. */
    public static AssignmentsRecord toProto(Assignments assignments, Provenance provenance) {
        AssignmentsRecord.Builder message = AssignmentsRecord.newBuilder()
                .setProvenance(provenance)
                .setNode(assignments.node().value());
        for (Assignment assignment : assignments.byVm().values()) {
            message.addAssignments(io.drover.proto.v1.Assignment.newBuilder()
                    .setVm(assignment.vm().value())
                    .setGeneration(assignment.generation())
                    .setRevision(assignment.revision())
                    .setRole(Enums.toProto(assignment.role())));
        }
        return message.build();
    }

    /** A node's assignments from their stored form. */
    public static Assignments fromProto(AssignmentsRecord message) {
        SortedMap<VmId, Assignment> byVm = new TreeMap<>();
        for (io.drover.proto.v1.Assignment each : message.getAssignmentsList()) {
            VmId vm = new VmId(each.getVm());
            byVm.put(vm, new Assignment(vm, each.getGeneration(), each.getRevision(), Enums.fromProto(each.getRole())));
        }
        return new Assignments(new NodeId(message.getNode()), byVm);
    }
}
