package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.Counterpart;
import io.drover.hypervisor.LiveMigration;
import io.drover.hypervisor.Objection;
import io.drover.hypervisor.Reception;
import io.drover.hypervisor.SendListener;
import io.drover.hypervisor.SendOptions;
import io.drover.hypervisor.StorageListener;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Live migration by the hosts' own service. The target's adapter only makes sure that the move can succeed; the switch-over
 * is the hosts'. What has become of a move is decided by looking at the VM, never by its job alone.
 */
final class HypervMigration implements LiveMigration {
    /** JobType of a move of a VM, and of its files alone. */
    static final int MOVE_OF_VM = 305;

    static final int MOVE_OF_FILES = 307;

    /** JobType of the making of a planned VM at the target. */
    static final int PREPARATION = 300;

    private static final Duration ENDING = Duration.ofSeconds(60);

    /** JobType of those that only look whether a VM or its files could be moved. */
    private static final Set<Integer> CHECKS = Set.of(301, 302, 303, 304);

    /** OperationalStatus of a VM whose files are being moved, first and second phase. */
    private static final Set<Integer> STORAGE_MOVING = Set.of(32778, 32779);

    private final HypervHypervisor host;
    private final HostCalls calls;
    private final Registration registration;
    private final Connections connections;
    private final Capacity capacity;
    private final MigrationService service;
    private final Optional<String> migrationHost;
    private final Map<VmId, HostMove> sendings = new ConcurrentHashMap<>();
    private final Map<VmId, VmSpec> awaited = new ConcurrentHashMap<>();

    HypervMigration(
            HypervHypervisor host,
            HostCalls calls,
            Registration registration,
            Connections connections,
            Capacity capacity,
            Optional<String> migrationHost) {
        this.host = host;
        this.calls = calls;
        this.registration = registration;
        this.connections = connections;
        this.capacity = capacity;
        this.service = new MigrationService(calls);
        this.migrationHost = migrationHost;
    }

    @Override
    public HandOver handOver() {
        return HandOver.ATOMIC;
    }

    boolean isSending(VmId vm) {
        return Optional.ofNullable(sendings.get(vm))
                .filter(HypervSending.class::isInstance)
                .filter(HostMove::isUnderWay)
                .isPresent();
    }

    /** Whether this process moves a VM, or its files. */
    boolean isUnderWay(VmId vm) {
        return Optional.ofNullable(sendings.get(vm))
                .filter(HostMove::isUnderWay)
                .isPresent();
    }

    Set<VmId> awaited() {
        return Set.copyOf(awaited.keySet());
    }

    void awaitNoMore(VmId vm) {
        awaited.remove(vm);
    }

    // ---- target

    @Override
    public Incoming receive(VmSpec vm, StoragePlan plan) {
        if (!plan.isEmpty()) {
            checkStorageSlot(vm.id());
        }
        return receive(vm);
    }

    /** Refuses if as many moves of files are under way here as may be. */
    private void checkStorageSlot(VmId vm) {
        service.state().storageObstacle().ifPresent(each -> {
            throw Failures.exception("cannot move the files of VM '" + vm + "'", each.problem(), each.evidence());
        });
    }

    @Override
    public Incoming receive(VmSpec vm) {
        if (awaited.containsKey(vm.id())) {
            throw HypervHypervisor.refused("receive", vm.id(), "it is awaited already", "discard that copy first");
        }
        Optional<SystemFacts> here = host.find(vm);
        if (here.isPresent()) {
            throw HypervHypervisor.refused(
                    "receive",
                    vm.id(),
                    "it is registered here and " + here.get().state(),
                    HypervProblem.ALREADY_THERE.remedy());
        }
        host.checkMemory(vm);
        checkSwitches(vm);
        List<String> addresses = listeners(vm.id());
        registration.destroyPlanned(vm.id(), vm.hypervisorId());
        String name = name();
        host.know(vm);
        awaited.put(vm.id(), vm);
        return new HypervReceiving(
                host, registration, vm, Endpoint.of(name, addresses).text(), () -> awaited.remove(vm.id()));
    }

    private void checkSwitches(VmSpec vm) {
        Set<String> missing = connections.missing(vm);
        if (!missing.isEmpty()) {
            throw HypervHypervisor.refused(
                    "receive",
                    vm.id(),
                    "this host has no switch " + String.join(", ", missing),
                    HypervProblem.INCOMPATIBLE_SWITCH.remedy());
        }
    }

    /** Addresses that migrations come in at; refuses if none may come. */
    private List<String> listeners(VmId vm) {
        MigrationService.State state = service.state();
        state.obstacle().ifPresent(each -> {
            throw Failures.exception("cannot receive VM '" + vm + "'", each.problem(), each.evidence());
        });
        return state.addresses();
    }

    /** Whether live migration is on here. */
    boolean isOn() {
        return service.isOn();
    }

    /** By which name other hosts reach this one. */
    private String name() {
        return migrationHost.orElseGet(capacity::fullName);
    }

    @Override
    public Reception examine(VmSpec vm, StoragePlan plan) {
        return new ReceptionCheck(host, calls, connections, capacity, service)
                .reception(vm, plan, name(), awaited.containsKey(vm.id()));
    }

    @Override
    public boolean hasRegistrations() {
        return true;
    }

    @Override
    public void expect(VmSpec vm) {
        host.expect(vm);
        registration.connectPlanned(vm.id(), vm.hypervisorId());
    }

    @Override
    public void fit(VmSpec vm) {
        if (!awaited.containsKey(vm.id())) {
            throw HypervHypervisor.refused("fit", vm.id(), "it is not awaited here", "begin the move anew");
        }
        registration.connectPlanned(vm.id(), vm.hypervisorId());
    }

    // ---- source

    @Override
    public boolean isHeld(VmSpec vm) {
        return host.find(vm)
                .filter(here -> !here.hasMemory() && !here.isStorageLost())
                .isPresent();
    }

    @Override
    public void handOver(VmSpec vm, Supplier<Reception> target, Duration within) {
        new RegistrationMove(source(), vm, target, System.nanoTime() + within.toNanos()).run();
    }

    @Override
    public Outgoing send(VmId vm, String endpoint, SendOptions options, SendListener listener) {
        Endpoint target = Endpoint.parse(vm, endpoint);
        SystemFacts now = host.find(vm)
                .filter(SystemFacts::hasMemory)
                .orElseThrow(
                        () -> HypervHypervisor.refused("send", vm, "it does not run here", "send a guest that runs"));
        if (isUnderWay(vm) || now.isMigrating()) {
            throw HypervHypervisor.refused("send", vm, "it is being sent already", "wait for the end of that");
        }
        return begin(vm, new HypervSending(source(), vm, now, target, options, listener));
    }

    @Override
    public Outgoing moveStorage(VmId vm, StoragePlan plan, Duration timeout, StorageListener listener) {
        SystemFacts now = host.find(vm)
                .filter(SystemFacts::hasMemory)
                .orElseThrow(() -> HypervHypervisor.refused(
                        "move the files of", vm, "it does not run here", "start it, or move them by hand"));
        if (now.isMigrating() || isUnderWay(vm)) {
            throw HypervHypervisor.refused(
                    "move the files of", vm, "it is being moved already", "wait for the end of that");
        }
        checkStorageSlot(vm);
        return begin(vm, new StorageMoving(source(), vm, now, plan, timeout, listener));
    }

    @Override
    public List<Objection> check(
            VmSpec vm, Optional<Reception> target, StoragePlan plan, Counterpart counterpart, Duration within) {
        long end = System.nanoTime() + within.toNanos();
        return new MoveCheck(source(), vm, target, plan, counterpart, end).objections();
    }

    @Override
    public List<Objection> compare(byte[] guest) {
        return SystemCompatibility.judge(calls, guest);
    }

    private HostMove.Source source() {
        return new HostMove.Source(host, calls, registration, connections, this);
    }

    private Outgoing begin(VmId vm, HostMove move) {
        sendings.put(vm, move);
        move.begin();
        return move;
    }

    @Override
    public void abandonSending(VmId vm) {
        Optional.ofNullable(sendings.get(vm)).ifPresent(HostMove::cancel);
        Optional<SystemFacts> now = host.find(vm);
        if (now.isEmpty()) {
            return;
        }
        long end = System.nanoTime() + ENDING.toNanos();
        long killAt = System.nanoTime() + HostMove.PATIENCE.toNanos();
        while (true) {
            List<CimReference> jobs = jobs(now.get().guid());
            boolean isMoving = host.find(vm).filter(SystemFacts::isMigrating).isPresent();
            if (jobs.isEmpty() && !isMoving && !isUnderWay(vm)) {
                return;
            }
            int how = System.nanoTime() > killAt ? HostMove.KILL : HostMove.TERMINATE;
            for (CimReference job : jobs) {
                boolean unused = calls.endJob(job, how);
            }
            HostCalls.pause("cannot end the sending of VM '" + vm + "'", end);
        }
    }

    /** Whether the files of a VM are being moved, whoever began it. */
    boolean isMovingFiles(VmId vm, SystemFacts now) {
        return isMovingFiles(now) || (isUnderWay(vm) && !isSending(vm));
    }

    /** Whether its host moves files of a VM, with or without the VM itself. */
    static boolean isMovingFiles(SystemFacts now) {
        return now.status().stream().anyMatch(STORAGE_MOVING::contains);
    }

    /** The jobs that move a VM now, whoever began them. */
    List<CimReference> jobs(String guid) {
        return moves(guid).stream().map(HypervMigration::reference).toList();
    }

    /** As {@link #jobs}; what only looks whether a VM could move is none of them. */
    List<CimInstance> moves(String guid) {
        return calls.list("the moves of the host", CimQuery.all(HostCalls.type("Msvm_MigrationJob"))).stream()
                .filter(job -> job.text("VirtualSystemName")
                        .filter(guid::equalsIgnoreCase)
                        .isPresent())
                .filter(job -> !CHECKS.contains(job.uint16("JobType").orElse(MOVE_OF_VM)))
                .filter(job -> JobView.of(job).stage() == JobView.Stage.RUNNING)
                .toList();
    }

    static CimReference reference(CimInstance job) {
        return job.reference(List.of("InstanceID"));
    }

    void close() {
        sendings.values().forEach(HostMove::letGo);
    }
}
