package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.InstanceText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One migration, from its job to its end. Not for many threads. */
final class Migration {
    /** Behind the first number in OperationalStatus. */
    static final int MIGRATING = 32774;

    private static final int STORAGE_MOVING = 32778;
    private static final int JOB_MOVING = 305;
    private static final int JOB_MOVING_ALL = 306;
    private static final int JOB_MOVING_STORAGE = 307;
    private static final int JOB_CREATING = 300;
    private static final long DISK_MIB = 2048;
    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration REFUSAL = Duration.ofMillis(200);

    private final EmulatedHost source;
    private final MigrationRequest request;
    private final Vm vm;
    private final Job job;
    private Optional<Vm> planned = Optional.empty();
    private boolean isOwnPlan;

    private Migration(EmulatedHost source, MigrationRequest request) {
        this.source = source;
        this.request = request;
        this.vm = request.vm();
        this.job = source.jobs.begin("Msvm_MigrationJob", jobType(), length(), details());
        job.affected.add(HostMethods.ref(source, vm));
    }

    /** Begins one and gives its job. */
    static Job begin(EmulatedHost source, MigrationRequest request) {
        Migration migration = new Migration(source, request);
        migration.begin();
        return migration.job;
    }

    /** How many VMs are on their way from or to a host. */
    static int active(EmulatedHost host) {
        return count(host, JOB_MOVING, JOB_MOVING_ALL);
    }

    /** How many VMs' storage is on its way. */
    static int activeStorage(EmulatedHost host) {
        return count(host, JOB_MOVING_STORAGE, JOB_MOVING_ALL);
    }

    private static int count(EmulatedHost host, int first, int second) {
        int count = 0;
        for (EmulatedHost each : host.site().hosts()) {
            for (Job job : each.jobs.all()) {
                boolean isHere = each == host
                        || host.shape()
                                .isMeantBy(job.details
                                        .getOrDefault("DestinationHost", "")
                                        .toString());
                if (!job.isOver() && !job.isRefused && isHere && (job.jobType == first || job.jobType == second)) {
                    count++;
                }
            }
        }
        return count;
    }

    /** The planned VM at the target that a request names. */
    static Optional<Vm> planned(EmulatedHost target, MigrationRequest request) {
        String id = request.settings().text("DestinationPlannedVirtualSystemId");
        return id.isEmpty() ? Optional.empty() : target.planned(id);
    }

    private int jobType() {
        return switch ((int) request.type()) {
            case (int) MigrationRequest.VM_ONLY -> JOB_MOVING;
            case (int) MigrationRequest.VM_AND_STORAGE -> JOB_MOVING_ALL;
            case (int) MigrationRequest.STAGED -> JOB_CREATING;
            default -> JOB_MOVING_STORAGE;
        };
    }

    private Duration length() {
        int sharedBy = active(source) + 1;
        MigrationNetwork network = source.site().network();
        Duration length = SHORTEST;
        if (request.type() != MigrationRequest.STAGED && request.movesVm() && vm.state.isInMemory()) {
            length = length.plus(network.memory(vm.memory(), sharedBy));
        }
        if (request.movesStorage()) {
            length = length.plus(network.storage(DISK_MIB * vm.disks().size(), sharedBy));
        }
        return length;
    }

    private Map<String, Object> details() {
        Map<String, Object> details = new TreeMap<>();
        details.put("DestinationHost", request.destination());
        details.put("MigrationType", request.type());
        details.put("VirtualSystemName", vm.id());
        request.newSystem().ifPresent(each -> details.put("NewSystemSettingData", InstanceText.format(each)));
        if (!request.newResources().isEmpty()) {
            details.put(
                    "NewResourceSettingData",
                    request.newResources().stream().map(InstanceText::format).toList());
        }
        return details;
    }

    private void begin() {
        List<Problem> problems = new ArrayList<>(MigrationChecks.of(source, request));
        limit().ifPresent(problems::add);
        source.nextFailure(NextFailures.Work.MOVE, vm.name()).ifPresent(problems::add);
        if (!problems.isEmpty()) {
            job.isRefused = true;
            source.timeline().after(REFUSAL, () -> source.jobs.fail(job, problems));
            return;
        }
        vm.operation = request.movesVm() ? MIGRATING : STORAGE_MOVING;
        job.isCancellable = !source.misbehaviours().has(Misbehaviour.NOT_CANCELLABLE);
        job.undo = this::undo;
        if (request.movesVm()) {
            plan();
        }
        Duration half = job.expected.dividedBy(2);
        source.timeline().after(half, this::halfway);
        source.timeline().after(job.expected, this::finish);
    }

    private Optional<Problem> limit() {
        for (EmulatedHost each : hosts()) {
            long max = each.settings.migration.number("MaximumActiveVirtualSystemMigration");
            boolean isOver = request.type() != MigrationRequest.STAGED && request.movesVm() && active(each) > max;
            if (isOver || source.misbehaviours().has(Misbehaviour.MIGRATION_LIMIT_REACHED)) {
                return Optional.of(Problem.of(
                        "21501",
                        0,
                        "The virtual machine migration for '" + vm.name()
                                + "' was not started: the virtual machine migration limit \"" + max
                                + "\" was reached on '" + each.hostName() + "'."));
            }
        }
        return Optional.empty();
    }

    private List<EmulatedHost> hosts() {
        return target().filter(each -> each != source)
                .map(each -> List.of(source, each))
                .orElse(List.of(source));
    }

    private Optional<EmulatedHost> target() {
        return source.site().find(request.destination());
    }

    private void plan() {
        EmulatedHost target = target().orElseThrow();
        planned = planned(target, request);
        if (planned.isEmpty()) {
            Vm made = Copies.planned(vm, target);
            relocate(made);
            target.add(made);
            planned = Optional.of(made);
            isOwnPlan = request.type() != MigrationRequest.STAGED;
        }
    }

    /** Gives a VM the folders and disk paths that were asked for. */
    private void relocate(Vm moved) {
        request.newSystem().ifPresent(wanted -> {
            for (String each :
                    List.of("ConfigurationDataRoot", "SnapshotDataRoot", "SwapFileDataRoot", "SuspendDataRoot")) {
                wanted.value(each).ifPresent(value -> moved.settings.with(each, value));
            }
        });
        for (CimObject disk : moved.disks()) {
            String path = request.newPath(disk);
            if (request.movesStorage() || request.type() == MigrationRequest.STAGED) {
                String name = disk.texts("HostResource").stream().findFirst().orElse("");
                String file = name.substring(name.lastIndexOf('\\') + 1);
                disk.with("HostResource", List.of(path.isEmpty() ? defaultDiskFolder() + "\\" + file : path));
            }
        }
    }

    private String defaultDiskFolder() {
        return source.settings.management.text("DefaultVirtualHardDiskPath");
    }

    private boolean isAlive() {
        return !job.isOver() && source.isUp() && source.vms.containsValue(vm);
    }

    private void halfway() {
        if (!isAlive()) {
            return;
        }
        job.isStuck = source.misbehaviours().has(Misbehaviour.MIGRATION_HANGS);
        if (source.misbehaviours().has(Misbehaviour.MIGRATION_FAILS)) {
            fail(Problem.CONNECTION_RESET, "an existing connection was closed by the remote host");
        }
    }

    private void fail(long hresult, String why) {
        undo();
        source.jobs.fail(
                job,
                List.of(Problem.of(
                        "21502",
                        hresult,
                        "Live migration of '" + vm.name() + "' failed at migration source '" + source.hostName() + "': "
                                + why)));
    }

    /** The VM stays where it is, as it is; what was prepared goes. */
    private void undo() {
        vm.operation = 0;
        boolean isLeft = source.misbehaviours().has(Misbehaviour.PLANNED_VM_LEFT_BEHIND);
        if (isOwnPlan && !isLeft) {
            target().ifPresent(target -> planned.ifPresent(target::remove));
        }
    }

    private void finish() {
        if (!isAlive() || job.isStuck) {
            return;
        }
        boolean isTargetGone =
                request.movesVm() && !target().map(EmulatedHost::isUp).orElse(false);
        if (isTargetGone) {
            fail(Problem.CONNECTION_RESET, "the connection to the target was lost");
            return;
        }
        vm.operation = 0;
        if (request.type() == MigrationRequest.STAGED) {
            planned.ifPresent(each -> job.created.add(HostMethods.ref(target().orElseThrow(), each)));
        } else if (request.movesVm()) {
            switchOver(target().orElseThrow());
        } else {
            moveStorage();
        }
        source.nextFailure(NextFailures.Work.WARN_OF_MOVE, vm.name()).ifPresent(job.problems::add);
        source.jobs.succeed(job);
    }

    private void switchOver(EmulatedHost target) {
        if (source.misbehaviours().has(Misbehaviour.MIGRATION_ENDS_ON_NEITHER)) {
            planned.ifPresent(target::remove);
            release();
            source.remove(vm);
            return;
        }
        Vm arrived = planned.orElseThrow();
        boolean isDouble = source.misbehaviours().has(Misbehaviour.MIGRATION_ENDS_ON_BOTH);
        if (request.movesStorage()) {
            copyDisks(target, arrived);
        }
        target.remove(arrived);
        arrived.isPlanned = false;
        arrived.state = vm.state;
        arrived.stateSince = vm.stateSince;
        arrived.features = vm.features;
        arrived.isLocked = vm.isLocked;
        arrived.guest = isDouble ? vm.guest.map(Guest::copy) : vm.guest;
        arrived.processId = vm.state.isInMemory() ? target.newProcess() : 0;
        arrived.settings.with("IsSaved", vm.state == VmState.SAVED);
        if (!isDouble) {
            handOver(target, arrived);
            source.remove(vm);
        }
        target.add(arrived);
        target.save(arrived);
        job.created.add(HostMethods.ref(target, arrived));
    }

    private void handOver(EmulatedHost target, Vm arrived) {
        String retained = request.settings().truth("RetainVhdCopiesOnSource") ? "retained" : "";
        List<Path> old = files(source, vm);
        List<Path> now = files(target, arrived);
        release();
        now.stream()
                .filter(each -> arrived.state.isInMemory() || each.toString().endsWith(".vmcx"))
                .forEach(each -> target.storage().handOver(each, target.hostName()));
        if (request.movesStorage()) {
            old.stream()
                    .filter(each -> !now.contains(each)
                            && (retained.isEmpty() || each.toString().endsWith(".vmcx")))
                    .forEach(source.storage()::delete);
        }
    }

    private void release() {
        files(source, vm).forEach(each -> source.storage().unlock(source.hostName(), each));
    }

    private static List<Path> files(EmulatedHost host, Vm vm) {
        List<Path> files = new ArrayList<>();
        files.add(host.file(vm.configuration()));
        vm.diskPaths().forEach(each -> files.add(host.file(each)));
        return files;
    }

    private void copyDisks(EmulatedHost target, Vm arrived) {
        List<String> from = vm.diskPaths();
        List<String> to = arrived.diskPaths();
        for (int i = 0; i < from.size(); i++) {
            Path old = source.file(from.get(i));
            Path moved = target.file(to.get(i));
            if (!old.equals(moved)) {
                source.storage().copy(old, moved);
            }
        }
    }

    private void moveStorage() {
        Vm moved = new Vm(vm.id(), vm.settings.copy());
        vm.resources.forEach(each -> moved.resources.add(each.copy()));
        relocate(moved);
        copyDisks(source, moved);
        List<Path> old = files(source, vm);
        release();
        vm.settings = moved.settings;
        vm.resources.clear();
        vm.resources.addAll(moved.resources);
        List<Path> now = files(source, vm);
        now.stream()
                .filter(each -> vm.state.isInMemory() || each.toString().endsWith(".vmcx"))
                .forEach(each -> source.storage().lock(source.hostName(), each));
        boolean isRetained = request.settings().truth("RetainVhdCopiesOnSource");
        old.stream().filter(each -> !now.contains(each) && !isRetained).forEach(source.storage()::delete);
        source.save(vm);
    }
}
