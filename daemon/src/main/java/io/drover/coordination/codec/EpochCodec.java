package io.drover.coordination.codec;

import io.drover.coordination.Epoch;
import io.drover.model.NodeId;
import io.drover.proto.v1.EpochRecord;
import io.drover.proto.v1.Provenance;

/** The epoch as a message and back. Its number is not in the message: it is the version of the stored record. */
public final class EpochCodec {
    private EpochCodec() {}

    /** The epoch as it is stored. */
    public static EpochRecord toProto(Epoch epoch, Provenance provenance) {
        return EpochRecord.newBuilder()
                .setProvenance(provenance)
                .setCoordinator(epoch.coordinator().value())
                .setSince(Times.toProto(epoch.since()))
                .build();
    }

    /**
     * The epoch from its stored form.
     *
     * @param number the version of the stored record
     * @throws IllegalArgumentException if the coordinator's name is not one
     */
    public static Epoch fromProto(EpochRecord message, long number) {
        return new Epoch(number, new NodeId(message.getCoordinator()), Times.fromProto(message.getSince()));
    }
}
