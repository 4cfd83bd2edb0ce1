package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a migration is asked to do.
 *
 * @param vm which VM
 * @param destination text that names the target; empty for none
 * @param settings how
 * @param newSystem settings that the VM is to have; NULL ones as they are
 * @param newResources resources that it is to have
 */
record MigrationRequest(
        Vm vm, String destination, CimObject settings, Optional<CimObject> newSystem, List<CimObject> newResources) {
    static final long VM_ONLY = 32768;
    static final long STORAGE_ONLY = 32769;
    static final long STAGED = 32770;
    static final long VM_AND_STORAGE = 32771;
    static final long STORAGE_DEEP_CHECK = 32772;

    /**
     * Reads what a method was called with.
     *
     * @throws IllegalArgumentException if a parameter is not what it has to be
     */
    static MigrationRequest read(EmulatedHost host, Map<String, Object> inputs) {
        Vm vm = HostMethods.vmOf(host, inputs.get("ComputerSystem"))
                .filter(each -> !each.isPlanned)
                .orElseThrow(() -> new IllegalArgumentException("no such VM"));
        CimObject settings = HostMethods.read(
                host, "Msvm_VirtualSystemMigrationSettingData", inputs.getOrDefault("MigrationSettingData", ""));
        long type = settings.number("MigrationType");
        if (type < VM_ONLY || type > STORAGE_DEEP_CHECK) {
            throw new IllegalArgumentException("MigrationType " + type);
        }
        String destination = HostMethods.text(inputs, "DestinationHost");
        if (destination.isEmpty() && type != STORAGE_ONLY && type != STORAGE_DEEP_CHECK) {
            throw new IllegalArgumentException("no DestinationHost");
        }
        Optional<CimObject> newSystem = Optional.ofNullable(inputs.get("NewSystemSettingData"))
                .filter(each -> !each.toString().isBlank())
                .map(each -> HostMethods.read(host, "Msvm_VirtualSystemSettingData", each));
        List<CimObject> newResources = HostMethods.list(inputs, "NewResourceSettingData").stream()
                .map(each -> HostMethods.read(host, "CIM_ResourceAllocationSettingData", each))
                .toList();
        return new MigrationRequest(vm, destination, settings, newSystem, newResources);
    }

    long type() {
        return settings.number("MigrationType");
    }

    boolean movesVm() {
        return type() == VM_ONLY || type() == VM_AND_STORAGE || type() == STAGED;
    }

    boolean movesStorage() {
        return type() == VM_AND_STORAGE || type() == STORAGE_ONLY || type() == STORAGE_DEEP_CHECK;
    }

    /** The path that a disk is to have, as it was asked for. */
    String newPath(CimObject disk) {
        return newResources.stream()
                .filter(each -> each.text("InstanceID").equalsIgnoreCase(disk.text("InstanceID")))
                .flatMap(each -> each.texts("HostResource").stream())
                .findFirst()
                .orElse(disk.texts("HostResource").stream().findFirst().orElse(""));
    }
}
