package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.model.DiskSpec;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a VM here from its files: import, validate, mend, realise. Only ever a planned VM is destroyed: destroying a
 * realised one deletes its configuration, which another host may have in use.
 */
final class Registration {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration STEP = Duration.ofMinutes(2);
    private static final int CONNECTED = 2;

    private final HostCalls calls;
    private final List<String> folders;
    private final Map<String, String> switches;

    /**
     * For one host.
     *
     * @param folders where VMs are looked for, as the host sees them
     * @param switches switches to use where one of another name does not exist here
     */
    Registration(HostCalls calls, List<String> folders, Map<String, String> switches) {
        this.calls = calls;
        this.folders = List.copyOf(folders);
        this.switches = Map.copyOf(switches);
    }

    /** Where the definition of a VM may be, most likely first. */
    static List<String> places(VmSpec vm, List<String> folders) {
        String file = "\\Virtual Machines\\" + vm.hypervisorId().toUpperCase(Locale.ROOT) + ".vmcx";
        Set<String> places = new LinkedHashSet<>();
        for (DiskSpec disk : vm.disks()) {
            String folder = parent(disk.path());
            places.add(folder + file);
            places.add(parent(folder) + file);
        }
        for (String folder : folders) {
            places.add(folder + "\\" + vm.id() + file);
            places.add(folder + file);
        }
        places.remove(file);
        return new ArrayList<>(places);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('\\')));
    }

    /**
     * Registers a VM that this host does not have.
     *
     * @throws HypervisorException with {@link Kind#STORAGE_LOCKED} if another host has its files open
     */
    void register(VmSpec vm) {
        if (vm.hypervisorId().isEmpty()) {
            throw new HypervisorException(
                    Kind.NO_SUCH_GUEST,
                    "VM '" + vm.id() + "' is not registered on this host, and its identifier is not known",
                    "name it with: drover vm set " + vm.id() + " --hypervisor-id GUID");
        }
        destroyPlanned(vm.id(), vm.hypervisorId());
        boolean done = false;
        try {
            importFirst(vm);
            validate(vm.id(), vm.hypervisorId());
            calls.run(
                    "cannot realise VM '" + vm.id() + "'",
                    onPlanned("RealizePlannedSystem", "PlannedSystem", vm.hypervisorId()),
                    STEP);
            done = true;
            LOG.info("vm {}: registered from its files", vm.id());
        } finally {
            if (!done) {
                clean(vm);
            }
        }
    }

    private void clean(VmSpec vm) {
        try {
            destroyPlanned(vm.id(), vm.hypervisorId());
        } catch (HypervisorException e) {
            LOG.warn("vm {}: its planned VM stays behind: {}", vm.id(), e.getMessage());
        }
    }

    private void importFirst(VmSpec vm) {
        List<String> places = places(vm, folders);
        HypervisorException last = new HypervisorException(
                Kind.NO_SUCH_GUEST,
                "VM '" + vm.id() + "' is not registered on this host, and no place is known where its files could be",
                "name the folder of VMs in hypervisor.folders");
        for (String place : places) {
            try {
                calls.run(
                        "cannot import VM '" + vm.id() + "' from " + place,
                        CimInvocation.of(HostCalls.management(), "ImportSystemDefinition")
                                .text("SystemDefinitionFile", place)
                                .text("SnapshotFolder", parent(parent(place)) + "\\Snapshots")
                                .bool("GenerateNewSystemIdentifier", false)
                                .build(),
                        STEP);
                return;
            } catch (HypervisorException e) {
                if (e.kind() != Kind.STORAGE_UNREACHABLE) {
                    throw e;
                }
                last = e;
            }
        }
        throw last;
    }

    /** Asks what would keep the VM from being realised, and mends what can be: networks. */
    private void validate(VmId vm, String guid) {
        HostCalls.JobEnd end = calls.run(
                "VM '" + vm + "' cannot be registered",
                onPlanned("ValidatePlannedSystem", "PlannedSystem", guid),
                STEP);
        if (!end.warnings().isEmpty() && Failures.of(end.warnings()) == HypervProblem.INCOMPATIBLE_SWITCH) {
            connect(vm, guid, end.warnings());
        }
    }

    private void connect(VmId vm, String guid, List<Failures.HostError> why) {
        Map<String, String> paths = switchPaths();
        List<io.drover.wsman.InstanceText> mended = new ArrayList<>();
        for (CimInstance each : settings("Msvm_EthernetPortAllocationSettingData", guid)) {
            String name = each.text("LastKnownSwitchName").orElse("");
            Optional<String> path = Optional.ofNullable(paths.get(switches.getOrDefault(name, name)));
            boolean isConnected = each.uint16("EnabledState").orElse(CONNECTED) == CONNECTED;
            boolean isRight = path.filter(each.texts("HostResource")::contains).isPresent();
            if (isConnected && !isRight) {
                mended.add(MoveSettings.connection(
                        each.requiredText("InstanceID"),
                        path.orElseThrow(() -> Failures.exception(
                                "VM '" + vm + "' cannot be registered: no switch for '" + name + "'", why))));
            }
        }
        if (!mended.isEmpty()) {
            calls.run(
                    "cannot connect VM '" + vm + "' to the switches of this host",
                    CimInvocation.of(HostCalls.management(), "ModifyResourceSettings")
                            .instances("ResourceSettings", mended)
                            .build(),
                    STEP);
        }
    }

    private Map<String, String> switchPaths() {
        Map<String, String> paths = new java.util.HashMap<>();
        for (CimInstance each :
                calls.list("the switches of the host", CimQuery.all(HostCalls.type("Msvm_VirtualEthernetSwitch")))) {
            CimReference reference = each.reference(List.of("CreationClassName", "Name"));
            paths.put(each.text("ElementName").orElse(""), reference.path("."));
        }
        return paths;
    }

    /** Settings of a VM, planned or not. */
    List<CimInstance> settings(String type, String guid) {
        return calls.list(
                "the settings of a VM",
                CimQuery.of(
                        io.drover.wsman.CimNamespace.VIRTUALIZATION,
                        "SELECT * FROM " + type + " WHERE InstanceID LIKE 'Microsoft:" + guid + "%'"));
    }

    /** The present settings of a VM itself; empty if it is not here. */
    Optional<CimInstance> systemSettings(String guid) {
        return calls.get(
                "the settings of a VM",
                CimReference.of(HostCalls.type("Msvm_VirtualSystemSettingData"), "InstanceID", "Microsoft:" + guid));
    }

    /** The virtual hard disks of a VM; those that only its snapshots have are not among them. */
    List<CimInstance> disks(String guid) {
        return MoveSettings.disks(settings("Msvm_StorageAllocationSettingData", guid));
    }

    /** Whether a planned VM is here. */
    boolean isPlanned(String guid) {
        return calls.get("a planned VM", HostCalls.planned(guid)).isPresent();
    }

    /** Destroys a planned VM, of which nothing is on disk; does nothing if there is none. */
    void destroyPlanned(VmId vm, String guid) {
        if (!guid.isEmpty() && isPlanned(guid)) {
            calls.run(
                    "cannot remove the planned VM '" + vm + "'",
                    onPlanned("DestroySystem", "AffectedSystem", guid),
                    STEP);
        }
    }

    private static CimInvocation onPlanned(String method, String parameter, String guid) {
        return CimInvocation.of(HostCalls.management(), method)
                .reference(parameter, HostCalls.planned(guid))
                .build();
    }
}
