package io.drover.transport;

import io.drover.engine.migration.Promises;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** This node's promises of memory, by its monotonic clock. Safe for any thread. */
final class PromiseBook {
    private final long startedNanos = System.nanoTime();
    private final AtomicReference<Promises> promises = new AtomicReference<>(Promises.NONE);

    void promise(VmId vm, long memory, Duration expiry) {
        promises.updateAndGet(now -> now.with(vm, memory, expiry, uptime()));
    }

    void renew(VmId vm) {
        promises.updateAndGet(now -> now.renewed(vm, uptime()));
    }

    void release(VmId vm) {
        promises.updateAndGet(now -> now.without(vm));
    }

    /** Bytes promised and not taken yet. */
    long outstanding(Map<VmId, Long> taken) {
        return promises.updateAndGet(now -> now.expired(uptime())).outstanding(taken);
    }

    private Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }
}
