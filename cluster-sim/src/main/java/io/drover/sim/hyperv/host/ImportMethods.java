package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.ObjectPath;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings VMs here from their files: import makes a planned one, which is validated, mended and realised. */
final class ImportMethods {
    private static final String SERVICE = "Msvm_VirtualSystemManagementService";
    private static final Duration LENGTH = Duration.ofMillis(800);

    private final EmulatedHost host;

    ImportMethods(EmulatedHost host) {
        this.host = host;
    }

    void addTo(HostMethods methods) {
        methods.add(SERVICE, "ImportSystemDefinition", this::importSystem);
        methods.add(SERVICE, "ImportSnapshotDefinitions", this::importSnapshots);
        methods.add(SERVICE, "ValidatePlannedSystem", this::validate);
        methods.add(SERVICE, "RealizePlannedSystem", this::realize);
    }

    /** The VM that a configuration file describes, if it is there and is one. */
    static Optional<Vm> vmIn(EmulatedHost host, String path) {
        try {
            return host.storage().read(host.file(path)).flatMap(text -> VmcxFile.parse(host.schema(), text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Map<String, Object> importSystem(CimObject target, Map<String, Object> inputs) {
        String path = HostMethods.text(inputs, "SystemDefinitionFile");
        boolean isNew =
                inputs.getOrDefault("GenerateNewSystemIdentifier", false).equals(true);
        Path file;
        try {
            file = host.file(path);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        boolean isInUse = host.misbehaviours().has(Misbehaviour.FILE_IN_USE)
                || !host.storage().isFree(host.shape().name(), file);
        if (isInUse) {
            return Outcome.of(ReturnCode.FILE_IN_USE);
        }
        Job job = host.jobs.begin("Msvm_ConcreteJob", 61, LENGTH, Map.of());
        Optional<Problem> early = problem(path, isNew);
        if (early.isEmpty()) {
            plan(path, file, isNew, job);
        }
        host.timeline().after(LENGTH, () -> {
            if (early.isPresent()) {
                host.jobs.fail(job, List.of(early.get()));
            } else {
                host.jobs.succeed(job);
            }
        });
        Map<String, Object> outputs = new java.util.TreeMap<>(Outcome.started(job));
        job.created.stream().findFirst().ifPresent(each -> outputs.put("ImportedSystem", each));
        return outputs;
    }

    private Optional<Problem> problem(String path, boolean isNew) {
        boolean isStorageGone = host.misbehaviours().has(Misbehaviour.STORAGE_GONE);
        Optional<Vm> vm = isStorageGone ? Optional.empty() : vmIn(host, path);
        if (vm.isEmpty()) {
            boolean isFolderThere = !isStorageGone && hasFolderOf(path);
            return Optional.of(Problem.of(
                    "20413",
                    isFolderThere ? Problem.FILE_NOT_FOUND : Problem.PATH_NOT_FOUND,
                    "The Virtual Machine Management service failed to register the configuration at '" + path
                            + "': the system cannot find the " + (isFolderThere ? "file" : "path") + " specified"));
        }
        if (!isNew
                && (host.vm(vm.get().id()).isPresent()
                        || host.planned(vm.get().id()).isPresent())) {
            return Optional.of(Problem.of(
                    "16430",
                    0x80070050L,
                    "Unable to import: a virtual machine with the identifier "
                            + vm.get().id() + " is here already"));
        }
        return host.nextFailure(NextFailures.Work.IMPORT, vm.get().name());
    }

    private boolean hasFolderOf(String path) {
        Path folder = host.file(path).getParent();
        return folder != null && Files.isDirectory(folder);
    }

    private void plan(String path, Path file, boolean isNew, Job job) {
        Vm read = vmIn(host, path).orElseThrow();
        Vm planned = Copies.planned(isNew ? Copies.renamed(host, read, VmForms.newGuid()) : read, host);
        planned.state = read.state;
        planned.guest = read.guest;
        String folder = path.substring(0, Math.max(0, path.lastIndexOf('\\')));
        planned.settings.with("ConfigurationDataRoot", folder.substring(0, Math.max(0, folder.lastIndexOf('\\'))));
        host.storage().lock(host.shape().name(), file);
        host.add(planned);
        job.created.add(HostMethods.ref(host, planned));
    }

    private Map<String, Object> importSnapshots(CimObject target, Map<String, Object> inputs) {
        return HostMethods.vmOf(host, inputs.get("PlannedSystem")).isPresent()
                ? Outcome.of(ReturnCode.DONE)
                : Outcome.of(ReturnCode.INVALID_PARAMETER);
    }

    private Optional<Vm> plannedIn(Map<String, Object> inputs) {
        return HostMethods.vmOf(host, inputs.get("PlannedSystem")).filter(each -> each.isPlanned);
    }

    private Map<String, Object> validate(CimObject target, Map<String, Object> inputs) {
        Optional<Vm> planned = plannedIn(inputs);
        if (planned.isEmpty()) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        Job job = host.jobs.run(
                "Msvm_ConcreteJob", 140, LENGTH, List.of(HostMethods.ref(host, planned.get())), running -> {
                    List<Problem> all = new ArrayList<>(problems(host, planned.get()));
                    host.nextFailure(NextFailures.Work.VALIDATE, planned.get().name())
                            .ifPresent(all::add);
                    boolean isMendable =
                            all.stream().allMatch(each -> each.messageId().equals("33012"));
                    if (isMendable) {
                        running.problems.addAll(all);
                    } else {
                        host.jobs.fail(running, all);
                    }
                });
        return Outcome.started(job);
    }

    /** What keeps a planned VM from being realised here. */
    static List<Problem> problems(EmulatedHost host, Vm vm) {
        List<Problem> all = new ArrayList<>();
        for (CimObject each : vm.resources("Msvm_EthernetPortAllocationSettingData")) {
            if (each.number("EnabledState") != 3 && !isConnected(host, each)) {
                all.add(Problem.of(
                        "33012", 0, "Could not find Ethernet switch '" + each.text("LastKnownSwitchName") + "'."));
            }
        }
        for (String disk : vm.diskPaths()) {
            if (host.storage().read(host.file(disk)).isEmpty()) {
                all.add(Problem.of("40010", 0x80070002L, "Could not find the virtual hard disk '" + disk + "'"));
            }
        }
        if (vm.state == VmState.SAVED
                && !Compatibility.fits(vm.features, host.shape().features())) {
            all.add(Problem.of("40004", 0xC0370027L, "The saved state of '" + vm.name() + "' cannot be read here"));
        }
        return all;
    }

    private static boolean isConnected(EmulatedHost host, CimObject connection) {
        return connection.texts("HostResource").stream()
                .flatMap(each -> ObjectPath.parse(each, Schema.VIRTUALIZATION).stream())
                .anyMatch(each -> host.find(each).isPresent());
    }

    private Map<String, Object> realize(CimObject target, Map<String, Object> inputs) {
        Optional<Vm> planned = plannedIn(inputs);
        if (planned.isEmpty()) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
        Vm vm = planned.get();
        Job job = host.jobs.run("Msvm_ConcreteJob", 141, LENGTH, List.of(HostMethods.ref(host, vm)), running -> {
            List<Problem> all = new ArrayList<>(problems(host, vm));
            host.nextFailure(NextFailures.Work.REALIZE, vm.name()).ifPresent(all::add);
            if (all.isEmpty() && host.vm(vm.id()).isEmpty()) {
                host.remove(vm);
                vm.isPlanned = false;
                host.register(vm);
                running.created.add(HostMethods.ref(host, vm));
            } else {
                host.jobs.fail(running, all);
            }
        });
        Ref result = Ref.to(
                host.schema().get(Schema.VIRTUALIZATION, "Msvm_ComputerSystem"),
                Map.of("CreationClassName", "Msvm_ComputerSystem", "Name", vm.id()));
        Map<String, Object> outputs = new java.util.TreeMap<>(Outcome.started(job));
        outputs.put("ResultingSystem", result);
        return outputs;
    }
}
