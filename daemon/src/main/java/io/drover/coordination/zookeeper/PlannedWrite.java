package io.drover.coordination.zookeeper;

import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.coordination.codec.RecordCodec;
import io.drover.proto.v1.Provenance;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;

/**
 * One write of a transaction, as it is sent.
 *
 * @param key which record
 * @param action what happens to it
 * @param version the version that it must have; unused for a creation
 * @param bytes what is stored; empty for a deletion and a check
 * @param mode how it is created
 */
// Never compared: the bytes only pass through.
@SuppressWarnings("ArrayRecordComponent")
record PlannedWrite<T>(RecordKey<T> key, Action action, int version, byte[] bytes, CreateMode mode) {
    /** What happens to a record. */
    enum Action {
        /** It must not exist yet. */
        CREATE,
        /** It must have the version that was seen. */
        UPDATE,
        /** It must have the version that was seen, and goes. */
        DELETE,
        /** It must have the version that was seen, and stays as it is. */
        CHECK
    }

    static <T> PlannedWrite<T> create(RecordKey<T> key, T value, Provenance provenance, CreateMode mode) {
        byte[] bytes = RecordCodec.encode(key, value, provenance, Optional.empty());
        return new PlannedWrite<>(key, Action.CREATE, -1, bytes, mode);
    }

    static <T> PlannedWrite<T> update(Versioned<T> seen, T next, Provenance provenance) {
        byte[] bytes = RecordCodec.encode(seen.key(), next, provenance, Optional.of(seen.stored()));
        return new PlannedWrite<>(seen.key(), Action.UPDATE, seen.version(), bytes, CreateMode.PERSISTENT);
    }

    static <T> PlannedWrite<T> delete(RecordKey<T> key, int version) {
        return new PlannedWrite<>(key, Action.DELETE, version, new byte[0], CreateMode.PERSISTENT);
    }

    static <T> PlannedWrite<T> check(RecordKey<T> key, int version) {
        return new PlannedWrite<>(key, Action.CHECK, version, new byte[0], CreateMode.PERSISTENT);
    }

    Op operation(AsyncClient client, Layout layout) {
        String path = layout.path(key);
        return switch (action) {
            case CREATE -> client.create(path, bytes, mode);
            case UPDATE -> Op.setData(path, bytes, version);
            case DELETE -> Op.delete(path, version);
            case CHECK -> Op.check(path, version);
        };
    }

    /** The record as this write leaves it; empty if it deletes it or only looks. */
    Optional<Versioned<T>> result() {
        return switch (action) {
            // ZooKeeper gives version 0 to what it creates, and counts from there.
            case CREATE -> Optional.of(written(0));
            case UPDATE -> Optional.of(written(version + 1));
            case DELETE, CHECK -> Optional.empty();
        };
    }

    private Versioned<T> written(int writtenVersion) {
        return new Versioned<>(key, RecordCodec.decode(key, bytes, writtenVersion), writtenVersion, bytes);
    }
}
