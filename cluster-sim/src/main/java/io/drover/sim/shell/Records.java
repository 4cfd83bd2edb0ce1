package io.drover.sim.shell;

import io.drover.coordination.RecordKey;
import io.drover.coordination.Versioned;
import io.drover.model.VmRecord;

/** Versions of records as a node holds them. */
final class Records {
    private static final byte[] NO_BYTES = new byte[0];

    private Records() {}

    static Versioned<VmRecord> of(VmRecord record, int version) {
        return new Versioned<>(RecordKey.of(record.id()), record, version, NO_BYTES);
    }

    /** A record as a write of this process leaves it. */
    static Versioned<VmRecord> written(Versioned<VmRecord> seen, VmRecord next) {
        return new Versioned<>(seen.key(), next, seen.version() + 1, NO_BYTES);
    }
}
