package io.drover.coordination.codec;

import io.drover.model.MigrationFigures;
import io.drover.model.Operation;
import io.drover.model.OperationId;
import io.drover.model.OperationStep;
import io.drover.model.VmId;
import io.drover.proto.v1.OperationRecord;
import io.drover.proto.v1.Provenance;
import java.util.Optional;

/**
 * Operations as messages and back. Every {@code fromProto} throws {@link IllegalArgumentException} if a name, a range or
 * a word is not one that the model allows.
 */
public final class OperationCodec {
    private OperationCodec() {}

    /** An operation as it is stored. */
    public static OperationRecord toProto(Operation operation, Provenance provenance) {
        return toProto(operation).toBuilder().setProvenance(provenance).build();
    }

    /** An operation for the wire. */
    public static OperationRecord toProto(Operation operation) {
        OperationRecord.Builder message = OperationRecord.newBuilder()
                .setId(operation.id().value())
                .setKind(Enums.toProto(operation.kind()))
                .setNode(Names.orEmpty(operation.node()))
                .setVm(Names.orEmpty(operation.vm()))
                .setState(Enums.toProto(operation.state()))
                .setActor(operation.actor())
                .setReason(operation.reason())
                .setCreatedAt(Times.toProto(operation.createdAt()))
                .setForce(operation.force())
                .setTarget(Names.orEmpty(operation.target()))
                .setFailback(Enums.toProto(operation.failback()))
                .setCancelRequested(operation.cancelRequested())
                .setMessage(operation.message())
                .setRequestId(operation.requestId());
        operation.deadline().ifPresent(at -> message.setDeadline(Times.toProto(at)));
        operation.finishedAt().ifPresent(at -> message.setFinishedAt(Times.toProto(at)));
        operation.steps().forEach(step -> message.addSteps(toProto(step)));
        return message.build();
    }

    /** An operation from its stored form or from the wire. */
    public static Operation fromProto(OperationRecord message) {
        return new Operation(
                new OperationId(message.getId()),
                Enums.fromProto(message.getKind()),
                Names.node(message.getNode()),
                Names.vm(message.getVm()),
                Enums.fromProto(message.getState()),
                message.getActor(),
                message.getReason(),
                Times.fromProto(message.getCreatedAt()),
                message.hasDeadline() ? Optional.of(Times.fromProto(message.getDeadline())) : Optional.empty(),
                message.hasFinishedAt() ? Optional.of(Times.fromProto(message.getFinishedAt())) : Optional.empty(),
                message.getForce(),
                Names.node(message.getTarget()),
                Enums.fromProto(message.getFailback()),
                message.getCancelRequested(),
                message.getStepsList().stream().map(OperationCodec::fromProto).toList(),
                message.getMessage(),
                message.getRequestId());
    }

    /** A step for the wire. */
    public static io.drover.proto.v1.OperationStep toProto(OperationStep step) {
        io.drover.proto.v1.OperationStep.Builder message = io.drover.proto.v1.OperationStep.newBuilder()
                .setVm(step.vm().value())
                .setKind(Enums.toProto(step.kind()))
                .setSource(Names.orEmpty(step.source()))
                .setTarget(Names.orEmpty(step.target()))
                .setState(Enums.toProto(step.state()))
                .setAttempts(step.attempts())
                .addAllRefusedBy(Names.values(step.refusedBy()))
                .setMessage(step.message())
                .setRemedy(step.remedy())
                .setCancelRequested(step.cancelRequested());
        if (!step.storage().isEmpty()) {
            message.setStorage(StorageCodec.toProto(step.storage()));
        }
        step.notBefore().ifPresent(at -> message.setNotBefore(Times.toProto(at)));
        step.startedAt().ifPresent(at -> message.setStartedAt(Times.toProto(at)));
        step.finishedAt().ifPresent(at -> message.setFinishedAt(Times.toProto(at)));
        step.result()
                .ifPresent(figures -> message.setBlackout(Times.toProto(figures.blackout()))
                        .setDuration(Times.toProto(figures.duration()))
                        .setHypervisorTime(Times.toProto(figures.hypervisorTime()))
                        .setBytes(figures.bytes()));
        return message.build();
    }

    /** A step from the wire. */
    public static OperationStep fromProto(io.drover.proto.v1.OperationStep message) {
        return new OperationStep(
                new VmId(message.getVm()),
                Enums.fromProto(message.getKind()),
                Names.node(message.getSource()),
                Names.node(message.getTarget()),
                Enums.fromProto(message.getState()),
                message.getAttempts(),
                Names.nodes(message.getRefusedByList()),
                message.hasNotBefore() ? Optional.of(Times.fromProto(message.getNotBefore())) : Optional.empty(),
                message.hasStartedAt() ? Optional.of(Times.fromProto(message.getStartedAt())) : Optional.empty(),
                message.hasFinishedAt() ? Optional.of(Times.fromProto(message.getFinishedAt())) : Optional.empty(),
                message.getMessage(),
                message.getRemedy(),
                figuresOf(message),
                message.getCancelRequested(),
                StorageCodec.fromProto(message.getStorage()));
    }

    private static Optional<MigrationFigures> figuresOf(io.drover.proto.v1.OperationStep message) {
        // The three durations are written together: a step that moved nothing has none of them.
        if (!message.hasDuration()) {
            return Optional.empty();
        }
        return Optional.of(new MigrationFigures(
                Times.fromProto(message.getBlackout()),
                Times.fromProto(message.getDuration()),
                Times.fromProto(message.getHypervisorTime()),
                message.getBytes()));
    }
}
