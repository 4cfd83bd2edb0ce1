package io.drover.hypervisor.qemu;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.Restraint;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** QEMU guests of this machine, by the monitor that each of them has for the guard. */
public final class QemuRestraint implements Restraint {
    private static final Duration LOOK_DEADLINE = Duration.ofSeconds(1);

    private final HypervisorConfig.Qemu config;
    private final InstantSource clock;
    private final Path root;
    private final Map<VmId, QemuGuest> guests = new ConcurrentHashMap<>();

    /** The guests of one node. */
    public QemuRestraint(HypervisorConfig.Qemu config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.root = GuestFolder.root(config.directory());
    }

    @Override
    public List<VmId> guests() {
        return GuestFolder.guests(root).stream()
                .filter(vm -> guest(vm).process().isPresent())
                .toList();
    }

    @Override
    public boolean executes(VmId vm) {
        QemuGuest guest = guest(vm);
        QmpConnection connection = guest.connection();
        CompletableFuture<Observation> answer = guest.observe(connection);
        try {
            Observation now = answer.get(LOOK_DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
            // One that is still arriving may have been told to run then; one in the last part may go on by itself.
            boolean maySoon = now.state() == GuestState.INCOMING
                    || (now.isInLastPart() && !now.migration().equals(Observation.COMPLETED));
            return now.state() == GuestState.RUNNING || maySoon;
        } catch (ExecutionException | TimeoutException e) {
            answer.cancel(false);
            throw unknown(vm, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(vm, e);
        }
    }

    private static HypervisorException unknown(VmId vm, Exception cause) {
        return new HypervisorException(
                Kind.UNREACHABLE,
                "QEMU of VM '" + vm + "' does not say whether it executes: " + cause,
                "see whether its process hangs on its storage",
                cause);
    }

    @Override
    public void hold(VmId vm) {
        GuestExecution.pause(guest(vm));
    }

    @Override
    public void kill(VmId vm) {
        Optional<ProcessHandle> process = guest(vm).process();
        process.ifPresent(ProcessHandle::destroyForcibly);
    }

    private QemuGuest guest(VmId vm) {
        return guests.computeIfAbsent(vm, name -> new QemuGuest(config, name, GuestFolder.ofGuard(root, name), clock));
    }

    @Override
    public void close() {
        guests.values().forEach(QemuGuest::close);
    }
}
