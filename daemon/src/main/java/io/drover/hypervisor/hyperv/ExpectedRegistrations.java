package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Registrations that other hosts are about to hand over to this one. On its way such a VM is a planned one here, and an
 * import destroys planned VMs before it begins and when it fails; a host that is asked for that while the VM becomes real
 * may destroy the real one, with its definition. Therefore neither begins while the other is under way. For any thread.
 */
final class ExpectedRegistrations {
    /** So soon after it was told of, a registration begins to come, or it does not come. */
    static final Duration BEGINNING = Duration.ofSeconds(30);

    /** A planned VM that is here then is taken for one that is coming, for so long. */
    private static final Duration COMING = Duration.ofMinutes(3);

    /** For so long an import that is under way is waited for: less than the source waits for an answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private final LongSupplier nanoTime;

    /** When each was told of. */
    private final Map<VmId, Long> told = new ConcurrentHashMap<>();

    private final Map<VmId, ReentrantLock> imports = new ConcurrentHashMap<>();

    ExpectedRegistrations(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * One is about to come. Waits for an import of the same VM.
     *
     * @throws HypervisorException with {@link Kind#STORAGE_LOCKED} if that does not end: nothing may come yet
     */
    void expect(VmId vm) {
        ReentrantLock lock = lock(vm);
        try {
            if (!lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw locked("cannot await the registration of VM '" + vm + "': it is being imported here just now");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(
                    Kind.FAILED, "cannot await the registration of VM '" + vm + "': interrupted", "try again");
        }
        try {
            told.put(vm, nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /** Whether one was told of, and has not been seen to be here or to stay away. */
    boolean isExpected(VmId vm) {
        return told.containsKey(vm);
    }

    /** It has come. */
    void arrived(VmId vm) {
        told.remove(vm);
    }

    /**
     * Imports a VM, unless its registration is coming.
     *
     * @param isPlanned whether a planned VM is here that may be the one that is coming
     * @throws HypervisorException with {@link Kind#STORAGE_LOCKED} if it is coming
     */
    void orElseImport(VmId vm, BooleanSupplier isPlanned, Runnable imported) {
        ReentrantLock lock = lock(vm);
        lock.lock();
        try {
            Long since = told.get(vm);
            long passed = since == null ? Long.MAX_VALUE : nanoTime.getAsLong() - since;
            boolean isComing = passed < BEGINNING.toNanos() || (passed < COMING.toNanos() && isPlanned.getAsBoolean());
            if (isComing) {
                throw locked("cannot start VM '" + vm + "' yet: its registration is on its way here from another host");
            }
            told.remove(vm);
            imported.run();
        } finally {
            lock.unlock();
        }
    }

    private ReentrantLock lock(VmId vm) {
        return imports.computeIfAbsent(vm, unused -> new ReentrantLock());
    }

    static HypervisorException locked(String what) {
        return new HypervisorException(Kind.STORAGE_LOCKED, what, HypervProblem.STORAGE_LOCKED.remedy());
    }
}
