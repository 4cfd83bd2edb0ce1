package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.hyperv.Failures.HostError;
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

    private final HostCalls calls;
    private final List<String> folders;
    private final Connections connections;

    /**
     * For one host.
     *
     * @param folders where VMs are looked for, as the host sees them
     * @param connections of VMs that come from elsewhere
     */
    Registration(HostCalls calls, List<String> folders, Connections connections) {
        this.calls = calls;
        this.folders = List.copyOf(folders);
        this.connections = connections;
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
                    "take it out with: drover vm remove " + vm.id() + ", and add it with its identifier: drover vm add "
                            + vm.id() + " --hypervisor-id GUID");
        }
        destroyPlanned(vm.id(), vm.hypervisorId());
        try {
            importFirst(vm);
            validate(vm.id(), vm.hypervisorId());
        } catch (HypervisorException e) {
            clean(vm);
            throw e;
        }
        realise(vm);
        LOG.info("vm {}: registered from its files", vm.id());
    }

    private void realise(VmSpec vm) {
        try {
            calls.run(
                    "cannot realise VM '" + vm.id() + "'",
                    onPlanned("RealizePlannedSystem", "PlannedSystem", vm.hypervisorId()),
                    STEP);
        } catch (HypervisorException e) {
            if (!Failures.isUndecided(e)) {
                clean(vm);
                throw e;
            }
            // What is about to be real must not be destroyed. A planned VM that stays is removed by the next try.
            if (!hasBecomeReal(vm)) {
                throw e;
            }
        }
    }

    private boolean hasBecomeReal(VmSpec vm) {
        long end = System.nanoTime() + HostCalls.SILENCE.toNanos();
        while (System.nanoTime() < end) {
            // In this order: a VM that becomes real in between is seen.
            boolean isPlanned = isPlanned(vm.hypervisorId());
            if (calls.get("a VM", HostCalls.vm(vm.hypervisorId())).isPresent()) {
                return true;
            }
            if (!isPlanned) {
                return false;
            }
            HostCalls.pause("waiting for VM '" + vm.id() + "' to be realised", Long.MAX_VALUE);
        }
        return false;
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

    /** Mends what can be mended, networks, and asks what else would keep the VM from being realised. */
    private void validate(VmId vm, String guid) {
        connections.mend(vm, guid);
        HostCalls.JobEnd end = calls.run(
                "VM '" + vm + "' cannot be registered",
                onPlanned("ValidatePlannedSystem", "PlannedSystem", guid),
                STEP);
        for (HostError each : end.warnings()) {
            LOG.warn("vm {}: the host says of its registration: {} ({})", vm, each.text(), each.messageId());
        }
    }

    /** The present settings of a VM itself; empty if it is not here. */
    Optional<CimInstance> systemSettings(String guid) {
        return calls.get(
                "the settings of a VM",
                CimReference.of(HostCalls.type("Msvm_VirtualSystemSettingData"), "InstanceID", "Microsoft:" + guid));
    }

    /** The virtual hard disks of a VM; those that only its snapshots have are not among them. */
    List<CimInstance> disks(String guid) {
        return MoveSettings.disks(calls.settings("Msvm_StorageAllocationSettingData", guid));
    }

    /**
     * Connects the network cards of a planned VM that another host has put here, as those of an imported one; does nothing if
     * there is none.
     *
     * @throws HypervisorException if no switch is known for one of them
     */
    void connectPlanned(VmId vm, String guid) {
        List<String> found = planned(vm, guid);
        if (found.size() == 1) {
            connections.mend(vm, found.get(0));
        }
    }

    /** Whether a planned VM is here, one of the name where no identifier is known. */
    boolean hasPlanned(VmId vm, String guid) {
        return !planned(vm, guid).isEmpty();
    }

    private boolean isPlanned(String guid) {
        return calls.get("a planned VM", HostCalls.planned(guid)).isPresent();
    }

    /** Identifiers of the planned VMs that may be meant: that of the VM, or where it is not known those of its name. */
    private List<String> planned(VmId vm, String guid) {
        if (!guid.isEmpty()) {
            return isPlanned(guid) ? List.of(guid) : List.of();
        }
        return calls.list("planned VMs", CimQuery.all(HostCalls.type("Msvm_PlannedComputerSystem"))).stream()
                .filter(each ->
                        each.text("ElementName").filter(vm.value()::equals).isPresent())
                .map(each -> each.requiredText("Name"))
                .filter(Inventory::isGuid)
                .toList();
    }

    /**
     * Destroys a planned VM, of which nothing is on disk; does nothing if there is none. Of several that bear the name, none
     * is: one may be somebody else's.
     */
    void destroyPlanned(VmId vm, String guid) {
        List<String> found = planned(vm, guid);
        if (found.size() > 1) {
            LOG.warn("vm {}: {} planned VMs bear this name and are left: {}", vm, found.size(), found);
        } else if (!found.isEmpty()) {
            calls.run(
                    "cannot remove the planned VM '" + vm + "'",
                    onPlanned("DestroySystem", "AffectedSystem", found.get(0)),
                    STEP);
        }
    }

    private static CimInvocation onPlanned(String method, String parameter, String guid) {
        return CimInvocation.of(HostCalls.management(), method)
                .reference(parameter, HostCalls.planned(guid))
                .build();
    }
}
