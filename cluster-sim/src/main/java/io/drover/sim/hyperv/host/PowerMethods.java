package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts, stops, saves and pauses VMs, and asks guests to shut down. */
final class PowerMethods {
    /** How long changes of state take. */
    static final Duration CHANGE = Duration.ofMillis(500);

    static final Duration SAVE = Duration.ofSeconds(2);
    static final Duration SHUTDOWN = Duration.ofSeconds(3);
    static final Duration HEARTBEAT_AFTER = Duration.ofSeconds(2);

    private final EmulatedHost host;

    PowerMethods(EmulatedHost host) {
        this.host = host;
    }

    void addTo(HostMethods methods) {
        methods.add("Msvm_ComputerSystem", "RequestStateChange", this::change);
        methods.add("Msvm_PlannedComputerSystem", "RequestStateChange", this::changePlanned);
        methods.add("Msvm_ShutdownComponent", "InitiateShutdown", this::shutDown);
    }

    private Map<String, Object> change(CimObject target, Map<String, Object> inputs) {
        if (inputs.containsKey("TimeoutPeriod")) {
            return Outcome.of(ReturnCode.TIMEOUT_NOT_SUPPORTED);
        }
        Optional<Vm> vm = host.vm(target.text("Name"));
        if (vm.isEmpty()) {
            return Outcome.of(ReturnCode.NOT_SUPPORTED);
        }
        long requested = inputs.get("RequestedState") instanceof Long number ? number : -1;
        boolean isBusy = !vm.get().state.isSettled() || (vm.get().operation != 0 && requested != 3);
        if (isBusy || host.misbehaviours().has(Misbehaviour.INVALID_STATE)) {
            return Outcome.of(ReturnCode.INVALID_STATE);
        }
        boolean isStorageGone = host.misbehaviours().has(Misbehaviour.STORAGE_GONE) || vm.get().isBroken;
        if (isStorageGone && requested != 3) {
            return Outcome.of(ReturnCode.INVALID_STATE);
        }
        return change(vm.get(), requested);
    }

    private Map<String, Object> change(Vm vm, long requested) {
        VmState from = vm.state;
        if (requested == 2 && (from == VmState.OFF || from == VmState.SAVED)) {
            return start(vm);
        }
        if (requested == 2 && from == VmState.PAUSED) {
            return through(vm, 26, VmState.RESUMING, VmState.RUNNING, CHANGE);
        }
        if (requested == 3 && from != VmState.OFF) {
            return through(vm, 13, VmState.STOPPING, VmState.OFF, CHANGE);
        }
        if (requested == 6 && (from == VmState.RUNNING || from == VmState.PAUSED)) {
            return through(vm, 14, VmState.SAVING, VmState.SAVED, SAVE);
        }
        if (requested == 9 && from == VmState.RUNNING) {
            return through(vm, 26, VmState.PAUSING, VmState.PAUSED, CHANGE);
        }
        if ((requested == 10 || requested == 11) && from == VmState.RUNNING) {
            Job job = host.jobs.run(
                    "Msvm_ConcreteJob", 15, CHANGE, List.of(HostMethods.ref(host, vm)), unused -> host.boot(vm));
            return Outcome.started(job);
        }
        boolean isKnown = requested == 2 || requested == 3 || requested == 6 || (requested >= 9 && requested <= 11);
        return Outcome.of(isKnown ? ReturnCode.INVALID_STATE : ReturnCode.INVALID_PARAMETER);
    }

    private Map<String, Object> through(Vm vm, int jobType, VmState between, VmState end, Duration length) {
        vm.become(between, host.now());
        Job job = host.jobs.run("Msvm_ConcreteJob", jobType, length, List.of(HostMethods.ref(host, vm)), unused -> {
            if (vm.state == between) {
                settle(vm, end);
            }
        });
        return Outcome.started(job);
    }

    private void settle(Vm vm, VmState end) {
        vm.become(end, host.now());
        vm.isShuttingDown = false;
        if (end == VmState.OFF) {
            vm.guest = Optional.empty();
        }
        if (!end.isInMemory()) {
            host.unlockDisks(vm);
            vm.processId = 0;
        }
        host.save(vm);
    }

    private Map<String, Object> start(Vm vm) {
        VmState from = vm.state;
        vm.become(VmState.STARTING, host.now());
        Job job = host.jobs.run("Msvm_ConcreteJob", 12, CHANGE, List.of(HostMethods.ref(host, vm)), started -> {
            if (vm.state == VmState.STARTING) {
                finishStart(vm, from, started);
            }
        });
        return Outcome.started(job);
    }

    private void finishStart(Vm vm, VmState from, Job job) {
        Optional<Problem> problem = startProblem(vm);
        if (problem.isPresent()) {
            vm.become(from, host.now());
            host.jobs.fail(job, List.of(problem.get()));
        } else if (from == VmState.SAVED && vm.guest.isPresent()) {
            host.lockDisks(vm);
            vm.processId = host.newProcess();
            vm.become(VmState.RUNNING, host.now());
        } else {
            host.boot(vm);
        }
        host.save(vm);
    }

    private Optional<Problem> startProblem(Vm vm) {
        Optional<Problem> told = host.nextFailure(NextFailures.Work.START, vm.name());
        if (told.isPresent()) {
            return told;
        }
        long free = host.freeMemory() + (vm.state == VmState.STARTING ? vm.memory() : 0);
        boolean isShort = !host.hasRoom(vm.memory(), free);
        if (isShort || host.misbehaviours().has(Misbehaviour.START_FAILS)) {
            return Optional.of(Problem.of(
                    "3122",
                    Problem.NOT_ENOUGH_MEMORY,
                    "'" + vm.name() + "' could not initialize: not enough memory in the system"));
        }
        for (String disk : vm.diskPaths()) {
            if (host.storage().read(host.file(disk)).isEmpty()) {
                return Optional.of(Problem.of(
                        "12010", 0x80070002L, "'" + vm.name() + "': the attachment '" + disk + "' cannot be found"));
            }
            if (!host.storage().isFree(host.shape().name(), host.file(disk))) {
                return Optional.of(Problem.of(
                        "12010",
                        Problem.SHARING_VIOLATION,
                        "'" + vm.name() + "': the attachment '" + disk + "' is used by another process"));
            }
        }
        return Optional.empty();
    }

    /** Of a planned VM only the saved state can be thrown away. */
    private Map<String, Object> changePlanned(CimObject target, Map<String, Object> inputs) {
        Optional<Vm> vm = host.planned(target.text("Name"));
        boolean isDiscard = inputs.getOrDefault("RequestedState", 0L).equals(3L);
        if (vm.isEmpty() || !isDiscard) {
            return Outcome.of(ReturnCode.INVALID_STATE);
        }
        vm.get().guest = Optional.empty();
        vm.get().become(VmState.OFF, host.now());
        return Outcome.of(ReturnCode.DONE);
    }

    private Map<String, Object> shutDown(CimObject target, Map<String, Object> inputs) {
        Optional<Vm> found = host.vm(target.text("SystemName"));
        if (found.isEmpty() || found.get().state != VmState.RUNNING) {
            return Outcome.of(ReturnCode.INVALID_STATE);
        }
        Vm vm = found.get();
        boolean isForced = inputs.getOrDefault("Force", false).equals(true);
        if (vm.isShuttingDown) {
            return Outcome.of(ReturnCode.SHUTDOWN_IN_PROGRESS);
        }
        if (VmObjects.heartbeat(host, vm) != VmObjects.HEARTBEAT_OK) {
            return Outcome.of(ReturnCode.NOT_READY);
        }
        boolean isLocked = vm.isLocked || host.misbehaviours().has(Misbehaviour.GUESTS_LOCKED);
        if (isLocked && !isForced) {
            return Outcome.of(ReturnCode.MACHINE_LOCKED);
        }
        if (!host.misbehaviours().has(Misbehaviour.SHUTDOWN_IGNORED)) {
            vm.isShuttingDown = true;
            host.timeline().after(SHUTDOWN, () -> {
                if (vm.isShuttingDown && vm.state == VmState.RUNNING && host.vms.containsValue(vm)) {
                    settle(vm, VmState.OFF);
                }
                vm.isShuttingDown = false;
            });
        }
        return Outcome.of(ReturnCode.DONE);
    }
}
