package io.drover.guard;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.Restraint;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * By the same port as the agent's, for a hypervisor that takes orders from several processes at a time. Guests that were
 * never given to the cluster are not touched, where it is written down which those are.
 */
public final class PortRestraint implements Restraint {
    private static final Set<GuestState> NOT_IN_MEMORY = Set.of(GuestState.OFF, GuestState.SAVED);

    private final Hypervisor hypervisor;
    private final ClusteredFile clustered;

    /** A hypervisor of the guard's own. */
    public PortRestraint(Hypervisor hypervisor, ClusteredFile clustered) {
        this.hypervisor = hypervisor;
        this.clustered = clustered;
    }

    @Override
    public List<VmId> guests() {
        Optional<SortedSet<VmId>> known = clustered.read();
        return hypervisor.guests().stream()
                .filter(guest -> !NOT_IN_MEMORY.contains(guest.state()))
                .map(GuestStatus::vm)
                .filter(vm -> known.map(names -> names.contains(vm)).orElse(true))
                .toList();
    }

    @Override
    public boolean executes(VmId vm) {
        return hypervisor.guests().stream()
                .anyMatch(guest -> guest.vm().equals(vm) && guest.state() == GuestState.RUNNING);
    }

    @Override
    public void hold(VmId vm) {
        hypervisor.control(vm, GuestControl.PAUSE);
    }

    @Override
    public void kill(VmId vm) {
        hypervisor.stop(vm, Duration.ZERO);
    }

    @Override
    public void close() {
        hypervisor.close();
    }
}
