package io.drover.coordination.zookeeper;

import io.drover.coordination.codec.RecordCodec;
import io.drover.model.OperationId;
import io.drover.proto.v1.Provenance;
import java.util.Optional;
import java.util.UUID;

/**
 * Signs what one node writes.
 *
 * @param name the node's name
 */
record Writer(String name) {
    /** Provenance of a new write; an agent's write has epoch 0. */
    Provenance provenance(Optional<OperationId> operation, long epoch) {
        return Provenance.newBuilder()
                .setSchema(RecordCodec.SCHEMA)
                .setWriter(name)
                .setWriteId(UUID.randomUUID().toString())
                .setOperation(operation.map(OperationId::value).orElse(""))
                .setEpoch(epoch)
                .build();
    }
}
