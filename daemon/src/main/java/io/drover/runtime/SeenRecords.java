package io.drover.runtime;

import io.drover.coordination.Versioned;
import io.drover.engine.agent.SeenVm;
import io.drover.model.VmId;
import io.drover.model.VmRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** VMs' records with all that a write needs, by the versions by which the core knows them. On the event loop. */
final class SeenRecords {
    /** The core goes by the newest that it was told of; a late reading may bring one that is older than that. */
    private static final int KEPT = 2;

    private final Map<VmId, TreeMap<Integer, Versioned<VmRecord>>> seen = new HashMap<>();

    /** Keeps a reading; what the core is told of it. */
    SeenVm keep(Versioned<VmRecord> record) {
        TreeMap<Integer, Versioned<VmRecord>> kept =
                seen.computeIfAbsent(record.value().id(), vm -> new TreeMap<>());
        kept.put(record.version(), record);
        if (kept.size() > KEPT) {
            kept.pollFirstEntry();
        }
        return new SeenVm(record.value(), record.version());
    }

    /** There is no such record any more; one that is made anew counts from the beginning. */
    void forget(VmId vm) {
        seen.remove(vm);
    }

    Optional<Versioned<VmRecord>> get(VmId vm, int version) {
        return Optional.ofNullable(seen.get(vm)).map(kept -> kept.get(version));
    }
}
