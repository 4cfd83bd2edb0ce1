package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.GuestState;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.Optional;

/** A VM that is to arrive here. The hosts let it go on by themselves; here is only looked. */
final class HypervReceiving implements LiveMigration.Incoming {
    private static final Duration ARRIVAL = Duration.ofSeconds(60);

    /** For so long a VM that is about to arrive may not be seen at all: its source checks the move first. */
    private static final Duration ABSENCE = Duration.ofSeconds(15);

    private final HypervHypervisor host;
    private final Registration registration;
    private final VmSpec vm;
    private final String endpoint;
    private final Runnable onOver;

    /**
     * Before anything has come.
     *
     * @param onOver told when the VM is not awaited any more
     */
    HypervReceiving(HypervHypervisor host, Registration registration, VmSpec vm, String endpoint, Runnable onOver) {
        this.host = host;
        this.registration = registration;
        this.vm = vm;
        this.endpoint = endpoint;
        this.onOver = onOver;
    }

    @Override
    public String endpoint() {
        return endpoint;
    }

    @Override
    public void resume() {
        long end = System.nanoTime() + ARRIVAL.toNanos();
        long seenAt = System.nanoTime();
        while (true) {
            Optional<GuestState> state = host.find(vm.id()).map(SystemFacts::state);
            if (state.filter(GuestState.RUNNING::equals).isPresent()) {
                onOver.run();
                return;
            }
            if (state.filter(GuestState.PAUSED::equals).isPresent()) {
                onOver.run();
                host.control(vm.id(), GuestControl.RESUME);
                return;
            }
            boolean isSeen = state.isPresent() || registration.hasPlanned(vm.id(), vm.hypervisorId());
            seenAt = isSeen ? System.nanoTime() : seenAt;
            if (System.nanoTime() - seenAt > ABSENCE.toNanos()) {
                throw new HypervisorException(
                        Kind.NO_SUCH_GUEST,
                        "VM '" + vm.id() + "' has not arrived: this host has neither it nor a planned VM for it",
                        "look for it on the source; if it is nowhere, start it from its files");
            }
            HostCalls.pause("waiting for VM '" + vm.id() + "'", end);
        }
    }

    @Override
    public void discard() {
        Optional<SystemFacts> here = host.find(vm.id());
        if (here.filter(SystemFacts::hasMemory).isPresent()) {
            throw HypervHypervisor.refused(
                    "discard", vm.id(), "it is " + here.get().state(), "stop it");
        }
        onOver.run();
        registration.destroyPlanned(vm.id(), vm.hypervisorId());
    }
}
