package io.drover.guard;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.Restraint;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** By the same port as the agent's, for a hypervisor that takes orders from several processes at a time. */
public final class PortRestraint implements Restraint {
    private static final Set<GuestState> NOT_IN_MEMORY = Set.of(GuestState.OFF, GuestState.SAVED);

    private final Hypervisor hypervisor;

    /** A hypervisor of the guard's own. */
    public PortRestraint(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public List<VmId> guests() {
        return hypervisor.guests().stream()
                .filter(guest -> !NOT_IN_MEMORY.contains(guest.state()))
                .map(GuestStatus::vm)
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
