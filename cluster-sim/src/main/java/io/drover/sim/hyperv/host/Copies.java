package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.ObjectPath;
import io.drover.sim.hyperv.schema.Schema;
import java.util.List;

/** VMs once more: under another identifier, or as another host sees them. */
final class Copies {
    private Copies() {}

    /** With another identifier in everything that has it in its name. */
    static Vm renamed(EmulatedHost host, Vm vm, String id) {
        Vm copy = new Vm(id, rewritten(vm.settings, vm.id(), id));
        vm.resources.forEach(each -> copy.resources.add(rewritten(each, vm.id(), id)));
        copy.state = vm.state;
        copy.guest = vm.guest;
        return copy;
    }

    private static CimObject rewritten(CimObject object, String from, String to) {
        CimObject copy = object.copy();
        for (String property : List.of("InstanceID", "VirtualSystemIdentifier", "Parent", "ConfigurationID")) {
            object.value(property)
                    .ifPresent(value -> copy.with(property, value.toString().replace(from, to)));
        }
        return copy;
    }

    /** The same VM as planned at another host: paths name that host, and connections its switches of the same name. */
    static Vm planned(Vm vm, EmulatedHost target) {
        Vm copy = new Vm(vm.id(), vm.settings.copy());
        vm.resources.forEach(each -> copy.resources.add(moved(each, target)));
        copy.isPlanned = true;
        copy.configuredAt = target.now();
        copy.stateSince = target.now();
        copy.features = vm.features;
        return copy;
    }

    private static CimObject moved(CimObject resource, EmulatedHost target) {
        CimObject copy = resource.copy();
        ObjectPath.parse(resource.text("Parent"), Schema.VIRTUALIZATION)
                .ifPresent(each -> copy.with("Parent", ObjectPath.format(target.hostName(), each)));
        if (resource.type().name().equals("Msvm_EthernetPortAllocationSettingData")) {
            String name = resource.text("LastKnownSwitchName");
            copy.with(
                    "HostResource",
                    target.shape().switches().contains(name)
                            ? List.of(ObjectPath.format(target.hostName(), Switches.ref(target.hostName(), name)))
                            : List.of());
        }
        return copy;
    }
}
