package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.MoveProgress;
import io.drover.model.VmId;
import io.drover.wsman.CimInstance;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A VM on its way to another host, judged by where it is in the end. */
final class HypervSending extends HostMove {
    private static final int PERCENT = 100;

    /** What moves no VM, although it may be meant for one that moves. */
    private static final Set<Integer> OTHERS = Set.of(HypervMigration.PREPARATION, HypervMigration.MOVE_OF_FILES);

    private final Endpoint target;
    private final SendOptions options;
    private final SendListener listener;

    HypervSending(
            Source source, VmId vm, SystemFacts before, Endpoint target, SendOptions options, SendListener listener) {
        super(source, vm, before, options.timeout());
        this.target = target;
        this.options = options;
        this.listener = listener;
    }

    @Override
    boolean isOurs(CimInstance job) {
        return !OTHERS.contains(job.uint16("JobType").orElse(HypervMigration.MOVE_OF_VM))
                && job.text("DestinationHost").map(this::isTarget).orElse(true);
    }

    /** Hosts may tell a name with or without its domain. */
    private boolean isTarget(String name) {
        return label(name).equalsIgnoreCase(label(target.host()));
    }

    private static String label(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    @Override
    boolean hasLeft() {
        return source.host().find(vm).isEmpty();
    }

    @Override
    MoveRequest request() {
        return MoveRequest.of(source.registration(), vm, before.guid(), Optional.of(target), options.storage());
    }

    @Override
    void fit() {
        options.fitting().run();
    }

    @Override
    void tell(MoveProgress progress) {
        listener.progress(progress);
    }

    @Override
    Runnable succeeded() {
        Optional<SystemFacts> here = source.host().find(vm);
        if (here.isEmpty()) {
            Duration time = took();
            return () -> {
                listener.progress(progress(PERCENT));
                // Hyper-V does not say when it holds the guest; from here on it is certainly not here. Whether it has
                // arrived only the target can see, and says: a host's success has been seen without either.
                listener.paused();
                listener.departed(time, before.memory());
            };
        }
        return unclear("the host calls the move successful, and the VM is still here and "
                + here.get().state());
    }

    @Override
    Runnable judge(String reason, String remedy) {
        Optional<SystemFacts> here = settled();
        if (here.isEmpty()) {
            return unclear(reason + "; it is not here any more");
        }
        if (!here.get().hasMemory()) {
            return unclear(reason + "; it is here and " + here.get().state());
        }
        if (here.get().isPassing()) {
            return unclear(reason + "; it is here, and its state is changing");
        }
        if (here.get().isMigrating() || HypervMigration.isMovingFiles(here.get())) {
            return unclear(reason + "; its host goes on sending it");
        }
        if (isCancelled()) {
            return () -> listener.stayed(true, "cancelled");
        }
        String text = tooSlow().orElse(remedy.isEmpty() ? reason : reason + "; " + remedy);
        return () -> listener.stayed(false, text);
    }

    /** A move may fail because its guest ends; until it has ended, it counts as running. */
    private Optional<SystemFacts> settled() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<SystemFacts> here = source.host().find(vm);
        while (here.filter(SystemFacts::isPassing).isPresent() && System.nanoTime() < end) {
            HostCalls.pause("waiting for the state of VM '" + vm + "'", Long.MAX_VALUE);
            here = source.host().find(vm);
        }
        return here;
    }

    @Override
    Runnable unclear(String reason) {
        return () -> listener.unclear(reason);
    }
}
