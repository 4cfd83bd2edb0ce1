package io.drover.transport;

import io.drover.engine.migration.MigrationOffer;
import io.drover.model.DiskSpec;
import io.drover.model.FailbackMode;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.Priority;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.proto.v1.Disk;
import io.drover.proto.v1.Offer;
import io.drover.proto.v1.VmPriority;

/** An offer on the wire. */
final class OfferCodec {
    private OfferCodec() {}

    static Offer toWire(MigrationOffer offer) {
        return Offer.newBuilder()
                .setSpec(toWire(offer.spec()))
                .setGeneration(offer.generation())
                .setRevision(offer.revision())
                .setSource(offer.source().value())
                .setOperation(offer.operation().value())
                .setAttempt(offer.attempt())
                .setTransport(offer.transport())
                .addAllCpuFeatures(offer.cpuFeatures())
                .setMachine(offer.machine())
                .build();
    }

    /**
     * Reads an offer.
     *
     * @throws IllegalArgumentException if a field is missing or out of its range
     */
    static MigrationOffer fromWire(Offer offer) {
        if (!offer.hasSpec()) {
            throw new IllegalArgumentException("offer: spec is missing (expected: the VM that is offered)");
        }
        return new MigrationOffer(
                fromWire(offer.getSpec()),
                offer.getGeneration(),
                offer.getRevision(),
                new NodeId(offer.getSource()),
                new OperationId(offer.getOperation()),
                offer.getAttempt(),
                offer.getTransport(),
                offer.getCpuFeaturesList(),
                offer.getMachine());
    }

    private static io.drover.proto.v1.VmSpec toWire(VmSpec spec) {
        io.drover.proto.v1.VmSpec.Builder wire = io.drover.proto.v1.VmSpec.newBuilder()
                .setName(spec.id().value())
                .setMemory(spec.memory())
                .setCpus(spec.cpus())
                .addAllNetworks(spec.networks())
                .setPriority(toWire(spec.priority()))
                .setLiveMigratable(spec.liveMigratable())
                .setFailback(toWire(spec.failback()))
                .setMaxRestarts(spec.maxRestarts())
                .setBootImage(spec.bootImage())
                .setHypervisorId(spec.hypervisorId());
        spec.disks()
                .forEach(disk ->
                        wire.addDisks(Disk.newBuilder().setPath(disk.path()).setFormat(disk.format())));
        spec.preferredOwners().forEach(node -> wire.addPreferredOwners(node.value()));
        spec.possibleOwners().forEach(node -> wire.addPossibleOwners(node.value()));
        return wire.build();
    }

    private static VmSpec fromWire(io.drover.proto.v1.VmSpec wire) {
        return new VmSpec(
                new VmId(wire.getName()),
                wire.getMemory(),
                wire.getCpus(),
                wire.getDisksList().stream()
                        .map(disk -> new DiskSpec(disk.getPath(), disk.getFormat()))
                        .toList(),
                wire.getNetworksList(),
                fromWire(wire.getPriority()),
                wire.getPreferredOwnersList().stream().map(NodeId::new).toList(),
                wire.getPossibleOwnersList().stream().map(NodeId::new).toList(),
                wire.getLiveMigratable(),
                fromWire(wire.getFailback()),
                wire.getMaxRestarts(),
                wire.getBootImage(),
                wire.getHypervisorId());
    }

    private static VmPriority toWire(Priority priority) {
        return switch (priority) {
            case HIGH -> VmPriority.VM_PRIORITY_HIGH;
            case MEDIUM -> VmPriority.VM_PRIORITY_MEDIUM;
            case LOW -> VmPriority.VM_PRIORITY_LOW;
            case NO_AUTO_START -> VmPriority.VM_PRIORITY_NO_AUTO_START;
        };
    }

    private static Priority fromWire(VmPriority wire) {
        return switch (wire) {
            case VM_PRIORITY_HIGH -> Priority.HIGH;
            case VM_PRIORITY_LOW -> Priority.LOW;
            case VM_PRIORITY_NO_AUTO_START -> Priority.NO_AUTO_START;
            case VM_PRIORITY_MEDIUM, VM_PRIORITY_UNSPECIFIED, UNRECOGNIZED -> Priority.MEDIUM;
        };
    }

    private static io.drover.proto.v1.FailbackMode toWire(FailbackMode mode) {
        return switch (mode) {
            case IMMEDIATE -> io.drover.proto.v1.FailbackMode.FAILBACK_MODE_IMMEDIATE;
            case POLICY -> io.drover.proto.v1.FailbackMode.FAILBACK_MODE_POLICY;
            case NONE -> io.drover.proto.v1.FailbackMode.FAILBACK_MODE_NONE;
        };
    }

    private static FailbackMode fromWire(io.drover.proto.v1.FailbackMode wire) {
        return switch (wire) {
            case FAILBACK_MODE_IMMEDIATE -> FailbackMode.IMMEDIATE;
            case FAILBACK_MODE_NONE -> FailbackMode.NONE;
            case FAILBACK_MODE_POLICY, FAILBACK_MODE_UNSPECIFIED, UNRECOGNIZED -> FailbackMode.POLICY;
        };
    }
}
