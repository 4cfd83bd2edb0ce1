package io.drover.transport;

import io.drover.coordination.codec.VmCodec;
import io.drover.engine.migration.MigrationOffer;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.proto.v1.Offer;

/** An offer on the wire. */
final class OfferCodec {
    private OfferCodec() {}

    static Offer toWire(MigrationOffer offer) {
        return Offer.newBuilder()
                .setSpec(VmCodec.toProto(offer.spec()))
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
                VmCodec.fromProto(offer.getSpec()),
                offer.getGeneration(),
                offer.getRevision(),
                new NodeId(offer.getSource()),
                new OperationId(offer.getOperation()),
                offer.getAttempt(),
                offer.getTransport(),
                offer.getCpuFeaturesList(),
                offer.getMachine());
    }
}
