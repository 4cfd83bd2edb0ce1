package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.VmSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registration of a VM that is off or saved on its way to another host, by the call that moves running ones; its files
 * stay, and its saved memory goes along. That Hyper-V takes the call for such VMs follows from Move-VM, which does so; it has
 * not been seen. Judged by whether the VM is here.
 */
final class RegistrationMove {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationMove.class);

    /** Its beginning, and the check before it: the target does not keep its own import back for much longer. */
    private static final Duration BEGINNING = ExpectedRegistrations.BEGINNING.minusSeconds(10);

    private final HostMove.Source source;
    private final VmSpec vm;
    private final Supplier<Reception> target;
    private final long end;

    /** By {@link System#nanoTime}. */
    private long awaitedUntil;

    /**
     * Of one VM.
     *
     * @param target tells it that the VM is about to come, and what it says then
     * @param end of the time for it, by {@link System#nanoTime}
     */
    RegistrationMove(HostMove.Source source, VmSpec vm, Supplier<Reception> target, long end) {
        this.source = source;
        this.vm = vm;
        this.target = target;
        this.end = end;
    }

    /** Has the target await the VM, and says what it said. */
    private Reception tell() {
        Reception reception = target.get();
        awaitedUntil = System.nanoTime() + BEGINNING.toNanos();
        return reception;
    }

    private static boolean hasIt(Reception there) {
        return there.objections().stream().anyMatch(each -> each.problem().equals(HypervProblem.ALREADY_THERE.name()));
    }

    /**
     * Moves it, unless nothing is to be moved.
     *
     * @throws HypervisorException if it is here still
     */
    void run() {
        Optional<SystemFacts> here = source.host().find(vm);
        if (here.isEmpty()) {
            return;
        }
        Reception there = tell();
        if (hasIt(there) || here.get().isStorageLost()) {
            LOG.debug("vm {}: the registration here is stale, and stays", vm.id());
            return;
        }
        if (here.get().hasMemory() || here.get().isPassing()) {
            throw HypervHypervisor.refused(
                    "hand over", vm.id(), "it is " + here.get().state(), "stop it, or save it");
        }
        refuseIfUnfit(there);
        String guid = here.get().guid();
        if (isUnderWay(here, guid)) {
            awaitEnd(guid);
        } else {
            move(guid, there);
        }
        Optional<SystemFacts> after = source.host().find(vm);
        if (after.isPresent()) {
            throw Failures.exception(
                    "VM '" + vm.id() + "' has not been handed over",
                    HypervProblem.INVALID_STATE,
                    "its move has ended, and it is here and " + after.get().state());
        }
        LOG.info(
                "vm {}: its registration is handed over to {}",
                vm.id(),
                endpoint(there).host());
    }

    private void refuseIfUnfit(Reception there) {
        if (there.endpoint().isEmpty()) {
            throw new HypervisorException(
                    Kind.UNREACHABLE,
                    "cannot hand VM '" + vm.id() + "' over: " + there.reasons(),
                    HypervProblem.UNREACHABLE.remedy());
        }
    }

    private Endpoint endpoint(Reception there) {
        return Endpoint.parse(vm.id(), there.endpoint());
    }

    private void move(String guid, Reception there) {
        MoveRequest request = MoveRequest.plain(guid, Optional.of(endpoint(there)));
        String what = "cannot hand VM '" + vm.id() + "' over " + request.where();
        MoveRequest checked = new MovePreparation(source.calls(), what, BEGINNING)
                .prepare(request, this::left, () -> refuseIfUnfit(tell()));
        migrate(what, guid, checked);
    }

    private Duration left() {
        return Duration.ofNanos(end - System.nanoTime());
    }

    private void migrate(String what, String guid, MoveRequest request) {
        if (System.nanoTime() - awaitedUntil > 0) {
            throw Failures.exception(what, HypervProblem.TIMEOUT, "");
        }
        try {
            HostCalls.JobEnd done = source.calls().run(what, request.call("MigrateVirtualSystemToHost"), left());
            if (!done.isKnown()) {
                awaitEnd(guid);
            }
        } catch (HypervisorException e) {
            if (Failures.isUndecided(e)) {
                awaitEnd(guid); // It may have begun although nobody has said so.
            }
            if (source.host().find(vm).isPresent()) {
                throw e;
            }
        }
    }

    private boolean isUnderWay(Optional<SystemFacts> here, String guid) {
        return here.filter(SystemFacts::isMigrating).isPresent()
                || !source.migration().jobs(guid).isEmpty();
    }

    private void awaitEnd(String guid) {
        Optional<SystemFacts> here = source.host().find(vm);
        while (here.isPresent() && isUnderWay(here, guid)) {
            HostCalls.pause("handing VM '" + vm.id() + "' over", end);
            here = source.host().find(vm);
        }
    }
}
