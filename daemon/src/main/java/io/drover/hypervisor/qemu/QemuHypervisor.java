package io.drover.hypervisor.qemu;

import io.drover.config.HypervisorConfig;
import io.drover.hypervisor.Foresight;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * QEMU guests of this machine. Each is a process in the background with a folder in the configured directory and one
 * connection that is kept for as long as both sides live. Whatever is asked about a guest is asked of its QEMU, so that
 * an agent that has just started knows as much as one that has run for a year.
 */
public final class QemuHypervisor implements Hypervisor {
    private static final Duration REPORT_DEADLINE = Duration.ofMillis(900);

    private final HypervisorConfig.Qemu config;
    private final NodeId node;
    private final InstantSource clock;
    private final Path root;
    private final QemuHost host;
    private final QemuMigration migration;
    private final Map<VmId, QemuGuest> guests = new ConcurrentHashMap<>();

    /**
     * The guests of one node.
     *
     * @throws IllegalArgumentException if the accelerator or the directory is not one that can be used
     * @throws HypervisorException if the directory cannot be made
     */
    public QemuHypervisor(HypervisorConfig.Qemu config, NodeId node, InstantSource clock) {
        if (!config.accelerator().equals("tcg") && !config.accelerator().equals("kvm")) {
            throw new IllegalArgumentException(
                    "hypervisor accelerator: '" + config.accelerator() + "' (expected: tcg or kvm)");
        }
        this.config = config;
        this.node = node;
        this.clock = clock;
        this.root = GuestFolder.root(config.directory());
        this.host = new QemuHost(config, root);
        this.migration = new QemuMigration(config.migrationHost(), this::guest, this::checkMemory, new Foresight(this));
    }

    @Override
    public HostFacts facts() {
        return host.facts();
    }

    @Override
    public HostLoad load() {
        return new HostLoad(memoryFree(), host.cpuLoad());
    }

    private long memoryFree() {
        long used = 0;
        for (VmId vm : GuestFolder.guests(root)) {
            QemuGuest guest = guest(vm);
            if (guest.process().isPresent()) {
                used += guest.folder().spec().map(VmSpec::memory).orElse(0L);
            }
        }
        return Math.max(0, host.memory() - used);
    }

    @Override
    public List<GuestStatus> guests() {
        List<Asked> asked = new ArrayList<>();
        for (VmId vm : GuestFolder.guests(root)) {
            QemuGuest guest = guest(vm);
            Optional<VmSpec> spec = guest.folder().spec();
            if (spec.isPresent()) { // Otherwise it was forgotten in this moment.
                QmpConnection connection = guest.connection();
                asked.add(new Asked(guest, spec.get(), connection, guest.observe(connection)));
            }
        }
        CompletableFuture<Void> all =
                CompletableFuture.allOf(asked.stream().map(Asked::answer).toArray(CompletableFuture<?>[]::new));
        try {
            all.get(REPORT_DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Some have no QEMU, or one that does not answer: their reports say so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return asked.stream().map(Asked::report).toList();
    }

    /** A guest that has been asked what it does. */
    private record Asked(
            QemuGuest guest, VmSpec spec, QmpConnection connection, CompletableFuture<Observation> answer) {
        GuestStatus report() {
            return guest.report(spec, connection, answer);
        }
    }

    @Override
    public void start(VmSpec vm) {
        checkMemory(vm);
        GuestExecution.start(guest(vm.id()), vm);
    }

    private void checkMemory(VmSpec vm) {
        long free = memoryFree();
        if (guest(vm.id()).process().isEmpty() && vm.memory() > free) {
            throw new HypervisorException(
                    Kind.OUT_OF_MEMORY,
                    "no room for VM '" + vm.id() + "' on '" + node + "': it needs " + vm.memory() + " bytes, " + free
                            + " are free",
                    "free memory on this host or choose another");
        }
    }

    @Override
    public void control(VmId vm, GuestControl action) {
        QemuGuest guest = guest(vm);
        switch (action) {
            case PAUSE -> GuestExecution.pause(guest);
            case RESUME -> GuestExecution.resume(guest);
            case SAVE -> SavedMemory.save(guest);
            case RESTORE -> SavedMemory.restore(guest);
        }
    }

    @Override
    public void stop(VmId vm, Duration grace) {
        GuestExecution.stop(guest(vm), grace);
    }

    @Override
    public void forget(VmId vm) {
        GuestExecution.forget(guest(vm));
    }

    @Override
    public LiveMigration migration() {
        return migration;
    }

    private QemuGuest guest(VmId vm) {
        return guests.computeIfAbsent(vm, name -> new QemuGuest(config, name, GuestFolder.ofAgent(root, name), clock));
    }

    @Override
    public void close() {
        guests.values().forEach(QemuGuest::close);
    }
}
