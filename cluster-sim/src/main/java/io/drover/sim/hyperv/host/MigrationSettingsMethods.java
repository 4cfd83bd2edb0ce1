package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes how a host takes part in migrations. */
final class MigrationSettingsMethods {
    private static final String NETWORK = "Msvm_VirtualSystemMigrationNetworkSettingData";

    private final EmulatedHost host;

    MigrationSettingsMethods(EmulatedHost host) {
        this.host = host;
    }

    void addTo(HostMethods methods) {
        methods.add(MigrationMethods.SERVICE, "ModifyServiceSettings", this::modify);
        methods.add(MigrationMethods.SERVICE, "AddNetworkSettings", this::addNetworks);
        methods.add(MigrationMethods.SERVICE, "ModifyNetworkSettings", this::modifyNetworks);
        methods.add(MigrationMethods.SERVICE, "RemoveNetworkSettings", this::removeNetworks);
    }

    private Map<String, Object> modify(CimObject target, Map<String, Object> inputs) {
        try {
            CimObject wanted = HostMethods.read(
                    host,
                    "Msvm_VirtualSystemMigrationServiceSettingData",
                    inputs.getOrDefault("ServiceSettingData", ""));
            if (!wanted.text("InstanceID").equals(host.settings.migration.text("InstanceID"))) {
                return Outcome.of(ReturnCode.INVALID_PARAMETER);
            }
            if (!HostMethods.ignoresWrites(host)) {
                host.settings.migration.takeFrom(wanted);
            }
            return Outcome.of(ReturnCode.DONE);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private List<CimObject> read(Map<String, Object> inputs) {
        return HostMethods.list(inputs, "NetworkSettings").stream()
                .map(each -> HostMethods.read(host, NETWORK, each))
                .toList();
    }

    private Map<String, Object> addNetworks(CimObject target, Map<String, Object> inputs) {
        try {
            List<Ref> added = new ArrayList<>();
            for (CimObject each : read(inputs)) {
                if (each.text("SubnetNumber").isEmpty()) {
                    return Outcome.of(ReturnCode.INVALID_PARAMETER);
                }
                if (!HostMethods.ignoresWrites(host)) {
                    added.add(host.settings.added(each).ref());
                }
            }
            return Outcome.done("ResultingNetworkSettings", added);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private Map<String, Object> modifyNetworks(CimObject target, Map<String, Object> inputs) {
        try {
            List<Ref> modified = new ArrayList<>();
            for (CimObject each : read(inputs)) {
                Optional<CimObject> known = find(each.text("InstanceID"));
                if (known.isEmpty()) {
                    return Outcome.of(ReturnCode.INVALID_PARAMETER);
                }
                if (!HostMethods.ignoresWrites(host)) {
                    known.get().takeFrom(each);
                }
                modified.add(known.get().ref());
            }
            return Outcome.done("ResultingNetworkSettings", modified);
        } catch (IllegalArgumentException e) {
            return Outcome.of(ReturnCode.INVALID_PARAMETER);
        }
    }

    private Optional<CimObject> find(String instanceId) {
        return host.settings.networks.stream()
                .filter(each -> each.text("InstanceID").equalsIgnoreCase(instanceId))
                .findFirst();
    }

    private Map<String, Object> removeNetworks(CimObject target, Map<String, Object> inputs) {
        for (Object each : HostMethods.list(inputs, "NetworkSettings")) {
            Optional<CimObject> known = each instanceof Ref ref ? find(ref.key("InstanceID")) : Optional.empty();
            if (known.isEmpty()) {
                return Outcome.of(ReturnCode.INVALID_PARAMETER);
            }
            if (!HostMethods.ignoresWrites(host)) {
                host.settings.networks.remove(known.get());
            }
        }
        return Outcome.of(ReturnCode.DONE);
    }
}
