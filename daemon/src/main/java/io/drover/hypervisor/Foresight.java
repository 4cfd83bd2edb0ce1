package io.drover.hypervisor;

import io.drover.model.GuestState;
import io.drover.model.StoragePlan;
import io.drover.model.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a hypervisor can say of a move that has no check of its own for it, and does not move files: whether the guest is
 * where it has to be, and whether there is memory for it. Same rules as {@link Hypervisor}.
 */
public final class Foresight {
    private static final long MEBI = 1L << 20;

    private final Hypervisor host;

    /** By what a host says of its guests and its memory. */
    public Foresight(Hypervisor host) {
        this.host = host;
    }

    /** See {@link LiveMigration#examine}. */
    public Reception examine(String endpoint, VmSpec vm, StoragePlan plan) {
        List<Objection> objections = new ArrayList<>();
        state(vm)
                .filter(state -> state != GuestState.OFF)
                .ifPresent(state -> objections.add(Objection.blocking(
                        "ALREADY_THERE",
                        "VM '" + vm.id() + "' is " + state + " at the target already",
                        "stop or forget the copy that is there")));
        long free = host.load().memoryFree();
        if (vm.memory() > free) {
            objections.add(Objection.blocking(
                    "NO_RESOURCES",
                    "VM '" + vm.id() + "' needs " + vm.memory() / MEBI + " MiB, the target has " + free / MEBI
                            + " MiB free",
                    "free memory there or choose another target"));
        }
        files(vm, plan).ifPresent(objections::add);
        return new Reception(endpoint, "", host.facts().networks(), objections);
    }

    /** See {@link LiveMigration#check}. */
    public List<Objection> check(VmSpec vm, StoragePlan plan) {
        List<Objection> objections = new ArrayList<>();
        Optional<GuestStatus> guest = guest(vm);
        boolean isInMemory = guest.map(GuestStatus::state)
                .filter(state -> state == GuestState.RUNNING || state == GuestState.PAUSED)
                .isPresent();
        if (guest.isEmpty()) {
            objections.add(Objection.blocking(
                    "NOT_FOUND", "VM '" + vm.id() + "' is not on this host", "look for it on the other hosts"));
        } else if (!isInMemory) {
            objections.add(Objection.blocking(
                    "INVALID_STATE", "VM '" + vm.id() + "' is " + guest.get().state(), "move a guest that runs"));
        } else if (guest.get().sending()) {
            objections.add(Objection.blocking(
                    "INVALID_STATE", "VM '" + vm.id() + "' is being sent already", "wait for the end of that"));
        }
        files(vm, plan).ifPresent(objections::add);
        return List.copyOf(objections);
    }

    private static Optional<Objection> files(VmSpec vm, StoragePlan plan) {
        return plan.isEmpty()
                ? Optional.empty()
                : Optional.of(Objection.blocking(
                        "UNSUPPORTED",
                        "the files of VM '" + vm.id() + "' are not moved: this hypervisor does not move files",
                        "move it without --with-storage and --disk"));
    }

    private Optional<GuestState> state(VmSpec vm) {
        return guest(vm).map(GuestStatus::state);
    }

    private Optional<GuestStatus> guest(VmSpec vm) {
        return host.guests().stream()
                .filter(guest -> guest.vm().equals(vm.id()))
                .findFirst();
    }
}
