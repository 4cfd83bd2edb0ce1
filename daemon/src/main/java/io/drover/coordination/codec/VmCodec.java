package io.drover.coordination.codec;

import io.drover.model.DiskSpec;
import io.drover.model.MigrationResult;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Phase;
import io.drover.model.StopRequest;
import io.drover.model.VmFailure;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import io.drover.model.VmSpec;
import io.drover.proto.v1.AssignedPhase;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.MigratingPhase;
import io.drover.proto.v1.PlacedPhase;
import io.drover.proto.v1.Provenance;
import io.drover.proto.v1.StoppedPhase;
import java.util.Optional;

/**
 * VMs as messages and back. Every {@code fromProto} throws {@link IllegalArgumentException} if a name, a range or a word
 * is not one that the model allows.
 */
public final class VmCodec {
    private VmCodec() {}

    /** A VM's record as it is stored. */
    public static io.drover.proto.v1.VmRecord toProto(VmRecord vm, Provenance provenance) {
        io.drover.proto.v1.VmRecord.Builder message = io.drover.proto.v1.VmRecord.newBuilder()
                .setProvenance(provenance)
                .setSpec(toProto(vm.spec()))
                .setDesired(Enums.toProto(vm.desired()))
                .setGeneration(vm.generation())
                .setRevision(vm.revision())
                .setFailed(vm.failed())
                .setDrainedFrom(Names.orEmpty(vm.drainedFrom()));
        putPhase(message, vm.phase());
        vm.stopRequest().ifPresent(request -> message.setStopRequest(toProto(request)));
        vm.lastMigration().ifPresent(result -> message.setLastMigration(toProto(result)));
        vm.failures().forEach(failure -> message.addFailures(toProto(failure)));
        vm.storageMove().ifPresent(move -> message.setStorageMove(StorageCodec.toProto(move)));
        return message.build();
    }

    /** A VM's record from its stored form. */
    public static VmRecord fromProto(io.drover.proto.v1.VmRecord message) {
        return new VmRecord(
                fromProto(message.getSpec()),
                Enums.fromProto(message.getDesired()),
                message.getGeneration(),
                message.getRevision(),
                phaseOf(message),
                message.hasStopRequest() ? Optional.of(fromProto(message.getStopRequest())) : Optional.empty(),
                message.hasLastMigration() ? Optional.of(fromProto(message.getLastMigration())) : Optional.empty(),
                message.getFailuresList().stream().map(VmCodec::fromProto).toList(),
                message.getFailed(),
                Names.node(message.getDrainedFrom()),
                message.hasStorageMove()
                        ? Optional.of(StorageCodec.fromProto(message.getStorageMove()))
                        : Optional.empty());
    }

    /** What a VM is made of, for the wire. */
    public static io.drover.proto.v1.VmSpec toProto(VmSpec spec) {
        io.drover.proto.v1.VmSpec.Builder message = io.drover.proto.v1.VmSpec.newBuilder()
                .setName(spec.id().value())
                .setMemory(spec.memory())
                .setCpus(spec.cpus())
                .addAllNetworks(spec.networks())
                .setPriority(Enums.toProto(spec.priority()))
                .addAllPreferredOwners(Names.values(spec.preferredOwners()))
                .addAllPossibleOwners(Names.values(spec.possibleOwners()))
                .setLiveMigratable(spec.liveMigratable())
                .setFailback(Enums.toProto(spec.failback()))
                .setMaxRestarts(spec.maxRestarts())
                .setMaxRelocates(spec.maxRelocates())
                .setBootImage(spec.bootImage())
                .setHypervisorId(spec.hypervisorId())
                .setDefinition(spec.definition());
        for (DiskSpec disk : spec.disks()) {
            message.addDisks(Disk.newBuilder().setPath(disk.path()).setFormat(disk.format()));
        }
        return message.build();
    }

    /** What a VM is made of, from the wire. */
    public static VmSpec fromProto(io.drover.proto.v1.VmSpec message) {
        return new VmSpec(
                new VmId(message.getName()),
                message.getMemory(),
                message.getCpus(),
                message.getDisksList().stream()
                        .map(disk -> new DiskSpec(disk.getPath(), disk.getFormat()))
                        .toList(),
                message.getNetworksList(),
                Enums.fromProto(message.getPriority()),
                Names.nodes(message.getPreferredOwnersList()),
                Names.nodes(message.getPossibleOwnersList()),
                message.getLiveMigratable(),
                Enums.fromProto(message.getFailback()),
                message.getMaxRestarts(),
                message.hasMaxRelocates() ? message.getMaxRelocates() : VmSpec.DEFAULT_RELOCATES,
                message.getBootImage(),
                message.getHypervisorId(),
                message.getDefinition());
    }

    /** How a migration ended, for the wire. */
    public static io.drover.proto.v1.MigrationResult toProto(MigrationResult result) {
        return io.drover.proto.v1.MigrationResult.newBuilder()
                .setOperation(result.operation().value())
                .setAttempt(result.attempt())
                .setSource(result.source().value())
                .setTarget(result.target().value())
                .setSucceeded(result.outcome() == MigrationResult.Outcome.SUCCEEDED)
                .setCancelled(result.outcome() == MigrationResult.Outcome.CANCELLED)
                .setLost(result.outcome() == MigrationResult.Outcome.LOST)
                .setReason(result.reason())
                .setRemedy(result.remedy())
                .setRetryable(result.retryable())
                .setBlackout(Times.toProto(result.blackout()))
                .setDuration(Times.toProto(result.duration()))
                .setHypervisorTime(Times.toProto(result.hypervisorTime()))
                .setBytes(result.bytes())
                .build();
    }

    /** How a migration ended, from the wire. */
    public static MigrationResult fromProto(io.drover.proto.v1.MigrationResult message) {
        return new MigrationResult(
                new OperationId(message.getOperation()),
                message.getAttempt(),
                new NodeId(message.getSource()),
                new NodeId(message.getTarget()),
                outcomeOf(message),
                message.getReason(),
                message.getRemedy(),
                message.getRetryable(),
                Times.fromProto(message.getBlackout()),
                Times.fromProto(message.getDuration()),
                Times.fromProto(message.getHypervisorTime()),
                message.getBytes());
    }

    /** A request to stop, for the wire. */
    public static io.drover.proto.v1.StopRequest toProto(StopRequest request) {
        return io.drover.proto.v1.StopRequest.newBuilder()
                .setOperation(request.operation().value())
                .setTurnOff(request.way() == StopRequest.Way.TURN_OFF)
                .setSave(request.way() == StopRequest.Way.SAVE)
                .build();
    }

    /** A request to stop, from the wire. */
    public static StopRequest fromProto(io.drover.proto.v1.StopRequest message) {
        OperationId operation = new OperationId(message.getOperation());
        return message.getSave() && !message.getTurnOff()
                ? new StopRequest(operation, StopRequest.Way.SAVE)
                : StopRequest.of(operation, message.getTurnOff());
    }

    /** A failure, for the wire. */
    public static io.drover.proto.v1.VmFailure toProto(VmFailure failure) {
        return io.drover.proto.v1.VmFailure.newBuilder()
                .setAt(Times.toProto(failure.at()))
                .setNode(failure.node().value())
                .setReason(failure.reason())
                .setGeneration(failure.generation())
                .build();
    }

    /** A failure, from the wire. */
    public static VmFailure fromProto(io.drover.proto.v1.VmFailure message) {
        return new VmFailure(
                Times.fromProto(message.getAt()),
                new NodeId(message.getNode()),
                message.getReason(),
                message.getGeneration());
    }

    private static MigrationResult.Outcome outcomeOf(io.drover.proto.v1.MigrationResult message) {
        if (message.getSucceeded()) {
            return MigrationResult.Outcome.SUCCEEDED;
        } else if (message.getLost()) {
            return MigrationResult.Outcome.LOST;
        }
        return message.getCancelled() ? MigrationResult.Outcome.CANCELLED : MigrationResult.Outcome.FAILED;
    }

    private static void putPhase(io.drover.proto.v1.VmRecord.Builder message, Phase phase) {
        if (phase instanceof Phase.Assigned assigned) {
            message.setAssigned(
                    AssignedPhase.newBuilder().setOwner(assigned.owner().value()));
        } else if (phase instanceof Phase.Placed placed) {
            message.setPlaced(
                    PlacedPhase.newBuilder().setOwner(placed.owner().value()).setIncarnation(placed.incarnation()));
        } else if (phase instanceof Phase.Migrating migrating) {
            MigratingPhase.Builder move = MigratingPhase.newBuilder()
                    .setSource(migrating.source().value())
                    .setSourceIncarnation(migrating.sourceIncarnation())
                    .setTarget(migrating.target().value())
                    .setOperation(migrating.operation().value())
                    .setAttempt(migrating.attempt());
            if (!migrating.storage().isEmpty()) {
                move.setStorage(StorageCodec.toProto(migrating.storage()));
            }
            message.setMigrating(move);
        } else if (phase instanceof Phase.Stopped stopped) {
            message.setStopped(StoppedPhase.newBuilder().setLastOwner(Names.orEmpty(stopped.lastOwner())));
        } else {
            throw new AssertionError("unhandled phase: " + phase);
        }
    }

    private static Phase phaseOf(io.drover.proto.v1.VmRecord message) {
        return switch (message.getPhaseCase()) {
            case ASSIGNED -> new Phase.Assigned(new NodeId(message.getAssigned().getOwner()));
            case PLACED ->
                new Phase.Placed(
                        new NodeId(message.getPlaced().getOwner()),
                        message.getPlaced().getIncarnation());
            case MIGRATING -> migratingOf(message.getMigrating());
            case STOPPED -> new Phase.Stopped(Names.node(message.getStopped().getLastOwner()));
            case PHASE_NOT_SET ->
                throw new IllegalArgumentException("phase: none (expected: one that this version knows)");
        };
    }

    private static Phase migratingOf(MigratingPhase message) {
        return new Phase.Migrating(
                new NodeId(message.getSource()),
                message.getSourceIncarnation(),
                new NodeId(message.getTarget()),
                new OperationId(message.getOperation()),
                message.getAttempt(),
                StorageCodec.fromProto(message.getStorage()));
    }
}
