package io.drover.coordination.codec;

import io.drover.model.OperationId;
import io.drover.model.StorageMove;
import io.drover.model.StoragePlan;
import io.drover.proto.v1.DiskPlace;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where files go, as messages and back. Every {@code fromProto} throws {@link IllegalArgumentException} if a path is not
 * one that the model allows.
 */
public final class StorageCodec {
    private StorageCodec() {}

    /** Places for the wire. */
    public static io.drover.proto.v1.StoragePlan toProto(StoragePlan plan) {
        io.drover.proto.v1.StoragePlan.Builder message =
                io.drover.proto.v1.StoragePlan.newBuilder().setFolder(plan.folder());
        plan.disks()
                .forEach((disk, path) ->
                        message.addDisks(DiskPlace.newBuilder().setDisk(disk).setPath(path)));
        return message.build();
    }

    /** Places from the wire; an absent message says that nothing moves. */
    public static StoragePlan fromProto(io.drover.proto.v1.StoragePlan message) {
        SortedMap<String, String> disks = new TreeMap<>();
        for (DiskPlace each : message.getDisksList()) {
            if (disks.put(each.getDisk(), each.getPath()) != null) {
                throw new IllegalArgumentException("disk '" + each.getDisk() + "' is named twice (expected: once)");
            }
        }
        return new StoragePlan(message.getFolder(), disks);
    }

    /** A request for the wire. */
    static io.drover.proto.v1.StorageMove toProto(StorageMove move) {
        return io.drover.proto.v1.StorageMove.newBuilder()
                .setOperation(move.operation().value())
                .setAttempt(move.attempt())
                .setPlan(toProto(move.plan()))
                .build();
    }

    /** A request from the wire. */
    static StorageMove fromProto(io.drover.proto.v1.StorageMove message) {
        return new StorageMove(
                new OperationId(message.getOperation()), message.getAttempt(), fromProto(message.getPlan()));
    }
}
