package io.drover.hypervisor.simulated;

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
import io.drover.model.GuestState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A simulated host: its guests pretend to run and count, its disks are locks, its migrations take the time they would. */
public final class SimulatedHypervisor implements Hypervisor {
    /** What one processor of a running guest costs, as a share of one of the host's. */
    private static final double LOAD_PER_CPU = 0.1;

    private final HypervisorConfig.Simulated config;
    private final NodeId node;
    private final InstantSource clock;
    private final SharedFolder folder;
    private final SimulatedMigration migration;

    /**
     * A simulated host.
     *
     * @throws HypervisorException if the folder cannot be made
     */
    public SimulatedHypervisor(HypervisorConfig.Simulated config, NodeId node, InstantSource clock) {
        this.config = config;
        this.node = node;
        this.clock = clock;
        this.folder = new SharedFolder(config.directory());
        this.migration = new SimulatedMigration(folder, node, clock, this::checkMemory, new Foresight(this));
    }

    @Override
    public HostFacts facts() {
        return new HostFacts(
                config.memory(),
                config.cpus(),
                List.of("simulated"),
                "simulated-1",
                "simulated/files",
                List.of(),
                "simulated 1");
    }

    @Override
    public HostLoad load() {
        List<SimulatedGuest> guests = folder.locked(() -> folder.guests(node));
        double cpus = guests.stream()
                .filter(guest -> guest.state().isExecuting())
                .mapToInt(guest -> guest.spec().cpus())
                .sum();
        return new HostLoad(memoryFree(guests), Math.min(1, cpus * LOAD_PER_CPU / config.cpus()));
    }

    private long memoryFree(List<SimulatedGuest> guests) {
        long used = guests.stream()
                .filter(SimulatedGuest::hasMemory)
                .mapToLong(guest -> guest.spec().memory())
                .sum();
        return Math.max(0, config.memory() - used);
    }

    private void checkMemory(VmSpec vm) throws IOException {
        long free = memoryFree(folder.guests(node));
        if (vm.memory() > free) {
            throw new HypervisorException(
                    Kind.OUT_OF_MEMORY,
                    "no room for VM '" + vm.id() + "' on '" + node + "': it needs " + vm.memory() + " bytes, " + free
                            + " are free",
                    "free memory on this host or choose another");
        }
    }

    @Override
    public List<GuestStatus> guests() {
        return folder.locked(() -> folder.guests(node)).stream()
                .map(guest -> guest.toStatus(migration.isSending(guest.spec().id())))
                .toList();
    }

    /** Ticks of 10 ms that a guest has run in its life, wherever it ran; empty if it is not here. */
    public OptionalLong counter(VmId vm) {
        Optional<SimulatedGuest> guest = folder.locked(() -> folder.guest(node, vm));
        return guest.isPresent() ? OptionalLong.of(guest.get().counter(clock.instant())) : OptionalLong.empty();
    }

    @Override
    public void start(VmSpec vm) {
        folder.<Optional<Void>>locked(() -> {
            Optional<SimulatedGuest> now = folder.guest(node, vm.id());
            if (now.isPresent() && now.get().state() == GuestState.RUNNING) {
                return Optional.empty();
            }
            if (now.isPresent() && now.get().state() != GuestState.OFF) {
                throw refused("start", now.get(), "resume or restore it, or stop or forget it first");
            }
            checkMemory(vm);
            folder.lockDisks(node, vm);
            folder.keep(
                    node,
                    new SimulatedGuest(
                            vm, GuestState.RUNNING, 0, clock.instant().toEpochMilli(), ""));
            return Optional.empty();
        });
    }

    @Override
    public void control(VmId vm, GuestControl action) {
        folder.<Optional<Void>>locked(() -> {
            SimulatedGuest now = present(vm, action.name());
            switch (action) {
                case PAUSE -> pause(now);
                case RESUME -> resume(now);
                case SAVE -> save(now);
                case RESTORE -> restore(now);
            }
            return Optional.empty();
        });
    }

    private void pause(SimulatedGuest now) throws IOException {
        if (now.state() == GuestState.RUNNING) {
            folder.keep(node, now.in(GuestState.PAUSED, clock.instant()));
        } else if (!now.hasMemory()) {
            throw noSuchGuest("PAUSE", now.spec().id());
        }
    }

    private void resume(SimulatedGuest now) throws IOException {
        switch (now.state()) {
            case RUNNING -> {}
            case PAUSED, ARRIVED, DEPARTED -> {
                if (migration.isSending(now.spec().id())) {
                    throw refused("resume", now, "wait for the end of the sending or cancel it");
                }
                folder.lockDisks(node, now.spec());
                folder.keep(node, now.in(GuestState.RUNNING, clock.instant()));
            }
            case INCOMING -> throw refused("resume", now, "wait until all of its state is here");
            case OFF, SAVED -> throw noSuchGuest("RESUME", now.spec().id());
        }
    }

    private void save(SimulatedGuest now) throws IOException {
        if (now.state() != GuestState.RUNNING && now.state() != GuestState.PAUSED) {
            throw refused("save", now, "save a guest that runs or is paused");
        }
        if (migration.isSending(now.spec().id())) {
            throw refused("save", now, "wait for the end of the sending or cancel it");
        }
        folder.keep(node, now.in(GuestState.SAVED, clock.instant()));
        folder.unlockDisks(node, now.spec());
    }

    private void restore(SimulatedGuest now) throws IOException {
        if (now.state() == GuestState.RUNNING) {
            return;
        }
        if (now.state() != GuestState.SAVED) {
            throw refused("restore", now, "restore a guest that is saved");
        }
        checkMemory(now.spec());
        folder.lockDisks(node, now.spec());
        folder.keep(node, now.in(GuestState.RUNNING, clock.instant()));
    }

    @Override
    public void stop(VmId vm, Duration grace) {
        folder.<Optional<Void>>locked(() -> {
            Optional<SimulatedGuest> now = folder.guest(node, vm).filter(SimulatedGuest::hasMemory);
            if (now.isPresent()) {
                folder.keep(node, now.get().in(GuestState.OFF, clock.instant()));
                folder.unlockDisks(node, now.get().spec());
            }
            return Optional.empty();
        });
    }

    @Override
    public void forget(VmId vm) {
        folder.<Optional<Void>>locked(() -> {
            Optional<SimulatedGuest> now = folder.guest(node, vm);
            if (now.isPresent()) {
                GuestState state = now.get().state();
                if (state == GuestState.RUNNING || state == GuestState.PAUSED) {
                    throw refused("forget", now.get(), "stop it first");
                }
                folder.unlockDisks(node, now.get().spec());
                folder.forget(node, vm);
            }
            return Optional.empty();
        });
    }

    @Override
    public LiveMigration migration() {
        return migration;
    }

    private SimulatedGuest present(VmId vm, String act) throws IOException {
        return folder.guest(node, vm).orElseThrow(() -> noSuchGuest(act, vm));
    }

    private HypervisorException noSuchGuest(String act, VmId vm) {
        return new HypervisorException(
                Kind.NO_SUCH_GUEST,
                "cannot " + act + " VM '" + vm + "': it does not run on '" + node + "'",
                "start it, or look for it on the other hosts");
    }

    private static HypervisorException refused(String act, SimulatedGuest now, String remedy) {
        return new HypervisorException(
                Kind.REFUSED, "cannot " + act + " VM '" + now.spec().id() + "': it is " + now.state(), remedy);
    }

    @Override
    public void close() {
        migration.close();
    }
}
