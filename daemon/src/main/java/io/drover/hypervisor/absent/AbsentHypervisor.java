package io.drover.hypervisor.absent;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The hypervisor of a machine that has none: it has no guests and no memory for any, and refuses whatever would make one.
 * Safe for any thread; nothing blocks.
 */
public final class AbsentHypervisor implements Hypervisor, LiveMigration {
    /** Nothing is opened. */
    public AbsentHypervisor() {}

    @Override
    public HostFacts facts() {
        return new HostFacts(0, 0, List.of(), "", "", List.of(), "");
    }

    @Override
    public HostLoad load() {
        return new HostLoad(0, 0);
    }

    @Override
    public List<GuestStatus> guests() {
        return List.of();
    }

    @Override
    public void start(VmSpec vm) {
        throw refusal(vm.id(), "started");
    }

    @Override
    public void control(VmId vm, GuestControl action) {
        throw noGuest(vm);
    }

    /** Off it is. */
    @Override
    public void stop(VmId vm, Duration grace) {}

    /** Nothing is left of it. */
    @Override
    public void forget(VmId vm) {}

    @Override
    public LiveMigration migration() {
        return this;
    }

    @Override
    public HandOver handOver() {
        return HandOver.EXPLICIT;
    }

    @Override
    public Incoming receive(VmSpec vm) {
        throw refusal(vm.id(), "received");
    }

    @Override
    public Outgoing send(VmId vm, String endpoint, SendOptions options, SendListener listener) {
        throw noGuest(vm);
    }

    @Override
    public Reception examine(VmSpec vm, StoragePlan plan) {
        throw refusal(vm.id(), "received");
    }

    @Override
    public List<Objection> check(
            VmSpec vm, Optional<Reception> target, StoragePlan plan, Counterpart counterpart, Duration within) {
        throw noGuest(vm.id());
    }

    /** None is being sent. */
    @Override
    public void abandonSending(VmId vm) {}

    private static HypervisorException refusal(VmId vm, String what) {
        return new HypervisorException(
                HypervisorException.Kind.REFUSED,
                "VM '" + vm + "' cannot be " + what + " here: this is a witness, which has no hypervisor",
                "let another node run it");
    }

    private static HypervisorException noGuest(VmId vm) {
        return new HypervisorException(
                HypervisorException.Kind.NO_SUCH_GUEST,
                "there is no VM '" + vm + "' here: this is a witness, which has no hypervisor",
                "ask the node that runs it");
    }

    /** Nothing is open. */
    @Override
    public void close() {}
}
