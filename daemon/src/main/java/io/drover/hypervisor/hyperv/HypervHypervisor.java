package io.drover.hypervisor.hyperv;

import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.GuestControl;
import io.drover.hypervisor.GuestStatus;
import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostFinding;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.Hypervisor;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.DiskSpec;
import io.drover.model.GuestState;
import io.drover.model.HostAspect;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.wsman.CimSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The Hyper-V of one host. A VM is known by its name there, ElementName, which has to be its name in the cluster; the
 * identifier of a VM's specification, where there is one, has to fit. VMs whose names cannot be those of clustered ones
 * are not told of. A registration is never destroyed here: that would delete files which another host may have in use.
 */
public final class HypervHypervisor implements Hypervisor {
    private static final double PERCENT = 100;

    private final HostCalls calls;
    private final Inventory inventory;
    private final Power power;
    private final Registration registration;
    private final Connections connections;
    private final Capacity capacity;
    private final HostInspection inspection;
    private final SwitchHealth switchHealth;
    private final DiskReach diskReach;
    private final HypervMigration migration;
    private final Map<VmId, String> guids = new ConcurrentHashMap<>();
    private final Set<String> learned = ConcurrentHashMap.newKeySet();
    private final Definitions definitions;
    private final ExpectedRegistrations expected = new ExpectedRegistrations(System::nanoTime);
    private final Set<VmId> forgotten = ConcurrentHashMap.newKeySet();
    private volatile double busyProcessors;
    private volatile List<SystemFacts> last = List.of();

    /**
     * The host that a configuration names. Nothing is sent yet.
     *
     * @throws HypervisorException if the configuration's files cannot be read
     */
    public static HypervHypervisor of(HypervisorConfig.Hyperv config) {
        return new HypervHypervisor(
                HypervConnection.open(config),
                config.folders(),
                config.switches(),
                config.migrationHost(),
                config.liveMigration());
    }

    /**
     * A host by a session.
     *
     * @param session is closed with it
     * @param folders where VMs are looked for that are not registered here, as the host sees them
     * @param switches local names of switches by those that do not exist here
     * @param migrationHost name by which other hosts reach this one; empty: its own full name
     * @param wanted how the host is to take part in migrations, for {@link #inspect}; empty: nobody says
     */
    public HypervHypervisor(
            CimSession session,
            List<String> folders,
            Map<String, String> switches,
            Optional<String> migrationHost,
            Optional<WantedSettings> wanted) {
        this.calls = new HostCalls(session);
        this.inventory = new Inventory(calls);
        this.power = new Power(calls, inventory);
        this.connections = new Connections(calls, switches);
        this.registration = new Registration(calls, folders, connections);
        this.definitions = new Definitions(calls);
        this.capacity = new Capacity(calls);
        this.inspection = new HostInspection(calls, inventory, power, wanted);
        this.diskReach = new DiskReach(calls);
        this.switchHealth = new SwitchHealth(calls, inventory);
        this.migration =
                new HypervMigration(this, calls, registration, connections, definitions, capacity, migrationHost);
    }

    @Override
    public HostFacts facts() {
        long used = inventory.systems().stream()
                .filter(SystemFacts::hasMemory)
                .mapToLong(SystemFacts::memory)
                .sum();
        return capacity.facts(used, connections.names());
    }

    @Override
    public HostLoad load() {
        return capacity.load(busyProcessors);
    }

    @Override
    public List<GuestStatus> guests() {
        List<SystemFacts> systems = inventory.systems();
        last = List.copyOf(systems);
        double busy = 0;
        List<GuestStatus> guests = new ArrayList<>();
        Map<String, String> known = definitions.of(settled(systems));
        for (SystemFacts each : systems) {
            busy += each.load() / PERCENT * each.cpus();
            nameOf(each).filter(vm -> isTold(vm, each)).ifPresent(vm -> guests.add(status(vm, each, known)));
        }
        busyProcessors = busy;
        migration.awaited().forEach(vm -> {
            if (guests.stream().noneMatch(guest -> guest.vm().equals(vm))) {
                guests.add(new GuestStatus(vm, GuestState.INCOMING, 0, false, ""));
            }
        });
        guests.sort(Comparator.comparing(GuestStatus::vm));
        return List.copyOf(guests);
    }

    @Override
    public boolean reaches(DiskSpec disk) {
        return diskReach.reaches(disk.path());
    }

    @Override
    public List<HostFinding> inspect(HostAspect aspect, Set<VmId> clustered) {
        Predicate<SystemFacts> isClustered = system -> nameOf(system)
                .filter(vm -> clustered.contains(vm) && !isNamesake(vm, system))
                .isPresent();
        return switch (aspect) {
            case SETTINGS -> inspection.settings(isClustered);
            case SWITCHES -> switchHealth.look(isClustered);
            case GUESTS -> inspection.guests(last, isClustered);
        };
    }

    /** What VMs used when {@link #guests} was asked last, in the order in which the host has them; asks nobody. */
    public List<VmUse> uses() {
        return last.stream()
                .map(each -> new VmUse(
                        each.guid(), each.name(), each.load(), each.memory(), each.demand(), each.heartbeat()))
                .toList();
    }

    /** What was forgotten is told of again once it is more than a registration. */
    private boolean isTold(VmId vm, SystemFacts system) {
        if (system.hasMemory()) {
            forgotten.remove(vm);
        }
        return !forgotten.contains(vm);
    }

    /** Its name in the cluster; empty if it can have none. */
    static Optional<VmId> nameOf(SystemFacts system) {
        try {
            return Optional.of(new VmId(system.name()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Those of the cluster that run here to stay. */
    private List<SystemFacts> settled(List<SystemFacts> systems) {
        return systems.stream()
                .filter(each -> learned.contains(each.name()) && each.hasMemory())
                .filter(each -> !each.isMigrating() && !HypervMigration.isMovingFiles(each))
                .filter(each -> !migration.isUnderWay(new VmId(each.name())))
                .toList();
    }

    private GuestStatus status(VmId vm, SystemFacts system, Map<String, String> known) {
        return new GuestStatus(
                vm,
                system.state(),
                system.hasMemory() ? system.memory() : 0,
                system.isMigrating() || migration.isSending(vm),
                system.trouble(),
                system.guid(),
                known.getOrDefault(system.guid(), ""));
    }

    /** The VM here, by the identifier that is known or by its name. */
    Optional<SystemFacts> find(VmId vm) {
        return Inventory.find(inventory.systems(), vm, guids.getOrDefault(vm, ""));
    }

    /** Whether it is known to be another one than the cluster's VM of its name. */
    private boolean isNamesake(VmId vm, SystemFacts system) {
        String guid = guids.getOrDefault(vm, "");
        return !guid.isEmpty() && !guid.equals(system.guid());
    }

    /** All that may be meant: one if its identifier is known, else whatever bears its name. */
    private List<SystemFacts> bearing(VmId vm) {
        String guid = guids.getOrDefault(vm, "");
        return guid.isEmpty()
                ? inventory.systems().stream()
                        .filter(each -> each.name().equals(vm.value()))
                        .toList()
                : inventory.one(guid).stream().toList();
    }

    @Override
    public void learn(VmSpec vm) {
        learned.add(vm.id().value());
        if (vm.hypervisorId().isEmpty()) {
            guids.remove(vm.id());
        } else {
            guids.put(vm.id(), vm.hypervisorId().toUpperCase(Locale.ROOT));
        }
    }

    /** The VM of a specification; both its name and its identifier have to fit. */
    Optional<SystemFacts> find(VmSpec vm) {
        String guid = vm.hypervisorId().toUpperCase(Locale.ROOT);
        Optional<SystemFacts> found = Inventory.find(inventory.systems(), vm.id(), guid);
        if (found.filter(system -> !system.name().equals(vm.id().value())).isPresent()) {
            throw new HypervisorException(
                    Kind.REFUSED,
                    "the virtual machine " + guid + " is called '" + found.get().name() + "' in Hyper-V (expected: '"
                            + vm.id() + "')",
                    "rename it with: Rename-VM, or correct the identifier of the clustered VM");
        }
        learn(vm);
        return found;
    }

    @Override
    public void start(VmSpec vm) {
        Optional<SystemFacts> now = find(vm);
        GuestState state = now.map(SystemFacts::state).orElse(GuestState.OFF);
        if (state == GuestState.RUNNING) {
            power.neverByItself(vm.id(), now.orElseThrow());
            return;
        }
        if (state == GuestState.SAVED && expected.isExpected(vm.id())) {
            // It has come between the look and the start: no failure of the VM, which is restored after the next look.
            throw ExpectedRegistrations.locked(
                    "cannot start VM '" + vm.id() + "' yet: its registration has just come, and it is saved");
        }
        if (state != GuestState.OFF) {
            throw refused("start", vm.id(), "it is " + state, "resume or restore it, or stop it first");
        }
        checkMemory(vm);
        if (now.isEmpty()) {
            expected.orElseImport(
                    vm.id(),
                    () -> registration.hasPlanned(vm.id(), vm.hypervisorId()),
                    () -> registration.register(vm));
        }
        SystemFacts here = find(vm).orElseThrow(() -> noSuchGuest("start", vm.id()));
        power.neverByItself(vm.id(), here);
        power.change(vm.id(), here.guid(), Power.START, GuestState.RUNNING);
        forgotten.remove(vm.id());
        expected.arrived(vm.id());
    }

    /** Its registration is about to come from another host, as {@link LiveMigration#expect}. */
    void expect(VmSpec vm) {
        know(vm);
        expected.expect(vm.id());
    }

    void checkMemory(VmSpec vm) {
        long free = capacity.memoryFree();
        if (vm.memory() > free) {
            throw new HypervisorException(
                    Kind.OUT_OF_MEMORY,
                    "no room for VM '" + vm.id() + "': it needs " + vm.memory() + " bytes, " + free + " are free",
                    HypervProblem.NO_RESOURCES.remedy());
        }
    }

    @Override
    public void control(VmId vm, GuestControl action) {
        if (action == GuestControl.PAUSE) {
            pauseAll(vm);
            return;
        }
        SystemFacts now = find(vm).orElseThrow(() -> noSuchGuest(action.name(), vm));
        switch (action) {
            case PAUSE -> throw new AssertionError(action);
            case RESUME -> resume(vm, now);
            case SAVE -> save(vm, now);
            case RESTORE -> restore(vm, now);
        }
    }

    /** Whoever does not know which of several is the cluster's, as a guard, must not leave that one running. */
    private void pauseAll(VmId vm) {
        List<SystemFacts> here =
                bearing(vm).stream().filter(SystemFacts::hasMemory).toList();
        if (here.isEmpty()) {
            throw noSuchGuest("PAUSE", vm);
        }
        here.forEach(each -> pause(vm, each));
    }

    /** Hyper-V does not pause a VM that it moves: the move is ended first, and the VM stays here. */
    private void pause(VmId vm, SystemFacts now) {
        if (now.isMigrating() || migration.isMovingFiles(vm, now)) {
            migration.abandonSending(vm);
        }
        if (now.state() != GuestState.PAUSED) {
            power.change(vm, now.guid(), Power.PAUSE, GuestState.PAUSED);
        }
    }

    private void resume(VmId vm, SystemFacts now) {
        if (!now.hasMemory()) {
            throw noSuchGuest("RESUME", vm);
        }
        if (now.state() == GuestState.PAUSED) {
            refuseIfSending("resume", vm, now);
            power.change(vm, now.guid(), Power.START, GuestState.RUNNING);
        }
    }

    private void save(VmId vm, SystemFacts now) {
        if (!now.hasMemory()) {
            throw refused("save", vm, "it is " + now.state(), "save a guest that runs or is paused");
        }
        refuseIfSending("save", vm, now);
        power.change(vm, now.guid(), Power.SAVE, GuestState.SAVED);
    }

    private void restore(VmId vm, SystemFacts now) {
        if (now.state() == GuestState.RUNNING) {
            return;
        }
        if (now.state() != GuestState.SAVED) {
            throw refused("restore", vm, "it is " + now.state(), "restore a guest that is saved");
        }
        power.change(vm, now.guid(), Power.START, GuestState.RUNNING);
    }

    private void refuseIfSending(String act, VmId vm, SystemFacts now) {
        if (now.isMigrating() || migration.isSending(vm)) {
            throw refused(act, vm, "it is being moved", "wait for the end of the move or cancel it");
        }
    }

    @Override
    public void stop(VmId vm, Duration grace) {
        bearing(vm).stream().filter(SystemFacts::hasMemory).forEach(each -> stop(vm, each, grace));
    }

    private void stop(VmId vm, SystemFacts now, Duration grace) {
        if (migration.isMovingFiles(vm, now)) {
            migration.abandonSending(vm);
        }
        boolean mayShutDown = !grace.isZero() && now.state() == GuestState.RUNNING;
        if (!mayShutDown || !power.shutDown(vm, now.guid(), grace)) {
            power.change(vm, now.guid(), Power.TURN_OFF, GuestState.OFF);
        }
    }

    @Override
    public void forget(VmId vm) {
        Optional<SystemFacts> now = find(vm);
        if (now.filter(SystemFacts::hasMemory).isPresent()) {
            throw refused("forget", vm, "it is " + now.get().state(), "stop it first");
        }
        migration.awaitNoMore(vm);
        String guid = now.map(SystemFacts::guid).orElse(guids.getOrDefault(vm, ""));
        registration.destroyPlanned(vm, guid);
        if (now.filter(found -> found.state() == GuestState.SAVED && !found.isStorageLost())
                .isPresent()) {
            // Its registration is still to be told of: whoever is to start the VM from its disks waits for it.
            power.change(vm, guid, Power.TURN_OFF, GuestState.OFF);
        } else if (now.isPresent()) {
            forgotten.add(vm);
        }
    }

    /** The identifier of a VM that is awaited. */
    void know(VmSpec vm) {
        learn(vm);
        forgotten.remove(vm.id());
    }

    @Override
    public LiveMigration migration() {
        return migration;
    }

    static HypervisorException refused(String act, VmId vm, String why, String remedy) {
        return new HypervisorException(Kind.REFUSED, "cannot " + act + " VM '" + vm + "': " + why, remedy);
    }

    static HypervisorException noSuchGuest(String act, VmId vm) {
        return new HypervisorException(
                Kind.NO_SUCH_GUEST,
                "cannot " + act + " VM '" + vm + "': it does not run on this host",
                "start it, or look for it on the other hosts");
    }

    @Override
    public void close() {
        migration.close();
        calls.close();
    }
}
