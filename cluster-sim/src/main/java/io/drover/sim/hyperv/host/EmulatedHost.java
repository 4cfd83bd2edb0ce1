package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviours;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Methods;
import io.drover.sim.hyperv.repository.Repository;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Method;
import io.drover.sim.hyperv.schema.Schema;
import io.drover.sim.hyperv.storage.GuestTruth;
import io.drover.sim.hyperv.storage.SharedStorage;
import io.drover.sim.hyperv.storage.Tick;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One host: its VMs, its settings, its jobs. As a {@link Repository} and as {@link Methods} it is used while the site's lock
 * is held; the other public methods take it themselves.
 */
public final class EmulatedHost implements Repository, Methods {
    private final Site site;
    private final HostShape shape;
    private final Misbehaviours misbehaviours = new Misbehaviours();
    private final NextFailures nextFailures = new NextFailures();
    final Map<String, Vm> vms = new LinkedHashMap<>();
    final Jobs jobs;
    final HostSettings settings;
    final VmForms forms;
    private final HostObjects objects;
    private final HostMethods methods;
    private boolean isUp = true;
    private Instant bootedAt;
    private long lastProcess = 4000;

    EmulatedHost(Site site, HostShape shape) {
        this.site = site;
        this.shape = shape;
        this.bootedAt = site.timeline().instant();
        this.jobs = new Jobs(site.schema(), site.timeline(), misbehaviours, shape.name(), site.texts());
        this.settings = new HostSettings(site.schema(), shape);
        this.forms = new VmForms(site.schema(), shape.name());
        this.objects = new HostObjects(this);
        this.methods = new HostMethods(this);
    }

    // ---- what it is

    /** What it is made of. */
    public HostShape shape() {
        return shape;
    }

    /** Ways in which it lets callers down. */
    public Misbehaviours misbehaviours() {
        return misbehaviours;
    }

    /** What it is told to fail at next. */
    public NextFailures nextFailures() {
        return nextFailures;
    }

    Optional<Problem> nextFailure(NextFailures.Work work, String vm) {
        return nextFailures.take(work, site.texts(), vm);
    }

    Site site() {
        return site;
    }

    SharedStorage storage() {
        return site.storage();
    }

    Timeline timeline() {
        return site.timeline();
    }

    Instant now() {
        return site.timeline().instant();
    }

    Instant bootedAt() {
        return bootedAt;
    }

    /** Whether it has power. */
    public boolean isUp() {
        synchronized (site.lock()) {
            return isUp;
        }
    }

    @Override
    public Schema schema() {
        return site.schema();
    }

    @Override
    public String hostName() {
        return shape.name();
    }

    @Override
    public List<CimObject> objectsOf(CimClass type) {
        return objects.of(type);
    }

    @Override
    public Map<String, Object> invoke(CimObject target, Method method, Map<String, Object> inputs) {
        return methods.invoke(target, method, inputs);
    }

    // ---- its VMs

    /** The VM of this identifier that is realised here, if there is one. */
    public Optional<Vm> vm(String id) {
        synchronized (site.lock()) {
            return vms.values().stream()
                    .filter(each -> each.id().equalsIgnoreCase(id) && !each.isPlanned)
                    .findFirst();
        }
    }

    /** The VM of this identifier that is planned here, if there is one. */
    public Optional<Vm> planned(String id) {
        synchronized (site.lock()) {
            return vms.values().stream()
                    .filter(each -> each.id().equalsIgnoreCase(id) && each.isPlanned)
                    .findFirst();
        }
    }

    /** All VMs, also planned ones. */
    public List<Vm> vms() {
        synchronized (site.lock()) {
            return List.copyOf(vms.values());
        }
    }

    /** Makes a VM with its files and registers it here. */
    public Vm create(VmSpec spec) {
        synchronized (site.lock()) {
            Vm vm = forms.make(spec, site.texts(), now());
            for (String disk : vm.diskPaths()) {
                if (storage().read(file(disk)).isEmpty()) {
                    storage().write(file(disk), "emulated vhdx " + vm.id() + "\n");
                }
            }
            register(vm);
            return vm;
        }
    }

    /** Starts a VM at once, without a job. */
    public void startNow(Vm vm) {
        synchronized (site.lock()) {
            boot(vm);
        }
    }

    /** The same, as if on a processor that has more features than this one's. */
    public void startNow(Vm vm, long moreFeatures) {
        synchronized (site.lock()) {
            boot(vm);
            vm.features |= moreFeatures;
        }
    }

    void register(Vm vm) {
        storage().lock(shape.name(), file(vm.configuration()));
        add(vm);
        save(vm);
    }

    void add(Vm vm) {
        vms.put(key(vm), vm);
    }

    void remove(Vm vm) {
        vms.remove(key(vm));
    }

    private static String key(Vm vm) {
        return (vm.isPlanned ? "planned " : "") + vm.id();
    }

    /** Writes its configuration file, if this host has that open. */
    void save(Vm vm) {
        Path file = file(vm.configuration());
        if (storage().isFree(shape.name(), file)) {
            storage().write(file, VmcxFile.format(vm));
        }
    }

    Path file(String path) {
        return storage().resolve(shape.name(), path);
    }

    /** Opens the disks of a VM, all or none. */
    boolean lockDisks(Vm vm) {
        boolean isFree = vm.diskPaths().stream().allMatch(each -> storage().isFree(shape.name(), file(each)));
        if (isFree) {
            vm.diskPaths().forEach(each -> storage().lock(shape.name(), file(each)));
        }
        return isFree;
    }

    void unlockDisks(Vm vm) {
        vm.diskPaths().forEach(each -> storage().unlock(shape.name(), file(each)));
    }

    /** A guest starts from its disk. */
    void boot(Vm vm) {
        long before = vm.diskPaths().stream()
                .findFirst()
                .map(each -> GuestTruth.lastBoot(file(each)))
                .orElse(0L);
        lockDisks(vm);
        vm.guest = Optional.of(new Guest(before + 1, now()));
        vm.features = vm.resources("Msvm_ProcessorSettingData").stream()
                        .anyMatch(each -> each.truth("LimitProcessorFeatures"))
                ? shape.features() & Compatibility.BASELINE
                : shape.features();
        vm.processId = ++lastProcess;
        vm.become(VmState.RUNNING, now());
    }

    long newProcess() {
        return ++lastProcess;
    }

    void tick() {
        for (Vm vm : vms.values()) {
            boolean executes =
                    vm.state == VmState.RUNNING || vm.state == VmState.STOPPING || vm.state == VmState.PAUSING;
            if (executes && !vm.isPlanned && vm.guest.isPresent()) {
                Guest guest = vm.guest.get();
                Tick tick = new Tick(vm.id(), guest.boot, guest.counter++, shape.name(), now());
                vm.diskPaths().stream().findFirst().ifPresent(each -> GuestTruth.write(file(each), tick));
            }
        }
    }

    /** Whether a VM, which has one virtual NUMA node, can have so many MiB: on one node, if memory may not span them. */
    boolean hasRoom(long wanted, long free) {
        boolean isSpanning = settings.management.truth("NumaSpanningEnabled");
        return wanted <= (isSpanning ? free : free / shape.numaNodes());
    }

    /** MiB that are left for VMs. */
    long freeMemory() {
        long used = vms.values().stream()
                .filter(each -> each.state.isInMemory() && !each.isPlanned)
                .mapToLong(Vm::memory)
                .sum();
        return Math.max(0, shape.memoryMib() - HostShape.OWN_MEMORY_MIB - used);
    }

    // ---- what happens to it

    /** It loses its power: what it ran is gone, its jobs too, and its files are closed. */
    public void powerOff() {
        synchronized (site.lock()) {
            isUp = false;
            jobs.forgetAll();
            vms.values().removeIf(each -> each.isPlanned);
            for (Vm vm : vms.values()) {
                boolean isSaved = vm.state == VmState.SAVED;
                vm.guest = isSaved ? vm.guest : Optional.empty();
                vm.operation = 0;
                vm.become(isSaved ? VmState.SAVED : VmState.OFF, now());
            }
            storage().unlockAll(shape.name());
        }
    }

    /** It has power again. What was registered here still is; files that another host has open are out of reach. */
    public void powerOn() {
        synchronized (site.lock()) {
            isUp = true;
            bootedAt = now();
            for (Vm vm : vms.values()) {
                Path file = file(vm.configuration());
                vm.isBroken = storage().read(file).isEmpty() || !storage().lock(shape.name(), file);
            }
        }
    }

    /** Its management service starts anew: jobs and planned VMs of migrations are forgotten, guests execute on. */
    public void restartService() {
        synchronized (site.lock()) {
            jobs.all().stream().filter(each -> !each.isOver()).forEach(each -> each.undo.run());
            jobs.forgetAll();
            vms.values().forEach(each -> each.operation = 0);
        }
    }
}
