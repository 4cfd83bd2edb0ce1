package io.drover.engine.migration;

import io.drover.model.VmId;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Memory and slots that a target holds for guests that are to arrive. Immutable. Times are monotonic, from any fixed
 * point.
 *
 * @param byVm what is promised to each
 */
public record Promises(SortedMap<VmId, Promise> byVm) {
    /** Nothing promised. */
    public static final Promises NONE = new Promises(new TreeMap<>());

    /**
     * One promise.
     *
     * @param memory bytes
     * @param expiry how long it lasts without being renewed
     * @param endsAt when it ends
     */
    public record Promise(long memory, Duration expiry, Duration endsAt) {}

    /** Copies the map. */
    public Promises {
        byVm = Collections.unmodifiableSortedMap(new TreeMap<>(byVm));
    }

    /** With one more. */
    public Promises with(VmId vm, long memory, Duration expiry, Duration now) {
        SortedMap<VmId, Promise> next = new TreeMap<>(byVm);
        next.put(vm, new Promise(memory, expiry, now.plus(expiry)));
        return new Promises(next);
    }

    /** With one lasting for its expiry from now; unchanged if there is none or it has ended. */
    public Promises renewed(VmId vm, Duration now) {
        return Optional.ofNullable(expired(now).byVm.get(vm))
                .map(promise -> with(vm, promise.memory(), promise.expiry(), now))
                .orElse(this);
    }

    /** With one less. */
    public Promises without(VmId vm) {
        SortedMap<VmId, Promise> next = new TreeMap<>(byVm);
        next.remove(vm);
        return new Promises(next);
    }

    /** Without those that have ended. */
    public Promises expired(Duration now) {
        SortedMap<VmId, Promise> next = new TreeMap<>(byVm);
        next.values().removeIf(promise -> promise.endsAt().compareTo(now) <= 0);
        return next.size() == byVm.size() ? this : new Promises(next);
    }

    /**
     * Bytes that are promised and not taken yet.
     *
     * @param taken bytes that guests hold here already; those of a guest that arrives count against its own promise, or
     *     its memory would be counted twice
     */
    public long outstanding(Map<VmId, Long> taken) {
        return byVm.entrySet().stream()
                .mapToLong(entry -> Math.max(0, entry.getValue().memory() - taken.getOrDefault(entry.getKey(), 0L)))
                .sum();
    }
}
