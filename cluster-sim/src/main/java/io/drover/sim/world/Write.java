package io.drover.sim.world;

import io.drover.coordination.RecordKey;
import org.jspecify.annotations.Nullable;

/**
 * One part of what is sent to the coordination service to be done together.
 *
 * @param key which record
 * @param act what happens to it
 * @param version that it must have; -1: any
 * @param value what it says from then on; null if it goes or is only looked at
 * @param owner the session with which it ends; 0: none
 */
record Write(
        RecordKey<?> key, Act act, int version, @Nullable Object value, long owner) {
    enum Act {
        CREATE,
        UPDATE,
        DELETE,
        CHECK,
        /** What the record becomes follows from what it is and from another change of the transaction. */
        FOLLOW
    }

    static Write create(RecordKey<?> key, Object value, long owner) {
        return new Write(key, Act.CREATE, -1, value, owner);
    }

    /** The same of another record. */
    Write of(RecordKey<?> other) {
        return new Write(other, act, version, value, owner);
    }

    static Write update(RecordKey<?> key, int version, Object value) {
        return new Write(key, Act.UPDATE, version, value, 0);
    }

    static Write delete(RecordKey<?> key, int version) {
        return new Write(key, Act.DELETE, version, null, 0);
    }

    static Write check(RecordKey<?> key, int version) {
        return new Write(key, Act.CHECK, version, null, 0);
    }
}
