package io.drover.guard;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.Restraint;
import io.drover.model.VmId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds and ends guests, each on its own: one that does not answer keeps none of the others waiting. Methods return at
 * once; used by one thread.
 */
final class GuestHolder {
    private static final Logger LOG = LoggerFactory.getLogger(GuestHolder.class);

    /** How long a guest may leave it open whether it executes, once the lease has ended. */
    private static final long PATIENCE_NANOS = 200_000_000L;

    private final Restraint restraint;
    private final Executor threads;
    private final Set<VmId> busy = ConcurrentHashMap.newKeySet();

    /** What was found out last of guests since the lease last lived; absent: nothing. */
    private final Map<VmId, Boolean> executing = new ConcurrentHashMap<>();

    /** Since when it is asked in vain of a guest whether it executes. */
    private final Map<VmId, Long> unknownSince = new HashMap<>();

    GuestHolder(Restraint restraint, Executor threads) {
        this.restraint = restraint;
        this.threads = threads;
    }

    /** The guests that are in memory. */
    List<VmId> guests() {
        return restraint.guests();
    }

    /** The lease lives: what was found out is out of date. */
    void forget() {
        executing.clear();
        unknownSince.clear();
    }

    /** Whether every guest is known to stand still. */
    boolean allStand(List<VmId> guests) {
        return guests.stream().allMatch(this::stands);
    }

    private boolean stands(VmId vm) {
        return Boolean.FALSE.equals(executing.get(vm));
    }

    /** Ends a guest that executes, or of which nobody can tell. */
    void stopExecution(VmId vm, long now) {
        Boolean known = executing.get(vm);
        if (known != null) {
            unknownSince.remove(vm);
        }
        boolean isSilent = known == null && now - unknownSince.computeIfAbsent(vm, unused -> now) > PATIENCE_NANOS;
        if (isSilent || Boolean.TRUE.equals(known)) {
            kill(vm, isSilent ? "the lease has ended, and it does not say whether it executes" : "the lease has ended");
        }
        // What stands still now may be let go by an agent that wakes up too late.
        inBackground(vm, () -> executing.put(vm, restraint.executes(vm)));
    }

    /** Looks at a guest, and holds it if it executes. */
    void hold(VmId vm) {
        inBackground(vm, () -> {
            if (!restraint.executes(vm)) {
                executing.put(vm, false);
                return;
            }
            executing.put(vm, true);
            restraint.hold(vm);
            LOG.warn("vm {}: held, for the node's lease is about to end and the agent has not held it", vm);
            executing.put(vm, restraint.executes(vm));
        });
    }

    private void inBackground(VmId vm, Runnable deed) {
        if (!busy.add(vm)) {
            return;
        }
        threads.execute(() -> {
            try {
                deed.run();
            } catch (HypervisorException e) {
                executing.remove(vm);
                LOG.debug("vm {}: {}", vm, e.getMessage());
            } finally {
                busy.remove(vm);
            }
        });
    }

    /** Ends a guest. */
    void kill(VmId vm, String why) {
        try {
            restraint.kill(vm);
            LOG.error("vm {}: turned off: {}", vm, why);
        } catch (HypervisorException e) {
            LOG.error("vm {}: could not be turned off: {}", vm, e.getMessage());
        }
    }
}
