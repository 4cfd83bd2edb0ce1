package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Where the objects of each class come from. A class that is not here has none. */
final class HostObjects {
    private final Map<String, Function<CimClass, List<CimObject>>> virtualization = new TreeMap<>();
    private final SystemObjects system;

    HostObjects(EmulatedHost host) {
        system = new SystemObjects(host);
        VmObjects vms = new VmObjects(host);
        ServiceObjects services = new ServiceObjects(host);
        Associations associations = new Associations(host);
        virtualization.put("Msvm_ComputerSystem", type -> vms.systems(type, false));
        virtualization.put("Msvm_PlannedComputerSystem", type -> vms.systems(type, true));
        Summaries summaries = new Summaries(host);
        virtualization.put("Msvm_SummaryInformation", type -> summaries.objects());
        virtualization.put("Msvm_VirtualSystemSettingData", type -> vms.settings());
        for (String each : List.of(
                "Msvm_MemorySettingData",
                "Msvm_ProcessorSettingData",
                "Msvm_StorageAllocationSettingData",
                "Msvm_ResourceAllocationSettingData",
                "Msvm_SyntheticEthernetPortSettingData",
                "Msvm_EmulatedEthernetPortSettingData",
                "Msvm_SerialPortSettingData")) {
            virtualization.put(each, vms::resources);
        }
        new GuestDevices(host, vms).addTo(virtualization);
        for (String each : List.of("Msvm_ConcreteJob", "Msvm_MigrationJob", "Msvm_StorageJob")) {
            virtualization.put(each, host.jobs::objects);
        }
        virtualization.put(
                "Msvm_EthernetPortAllocationSettingData",
                type -> Stream.concat(vms.resources(type).stream(), services.switchPorts(type).stream())
                        .toList());
        services.addTo(virtualization);
        associations.addTo(virtualization);
    }

    List<CimObject> of(CimClass type) {
        Function<CimClass, List<CimObject>> source = type.namespace().equals(Schema.VIRTUALIZATION)
                ? virtualization.get(type.name())
                : system.source(type.name());
        return source == null ? List.of() : source.apply(type);
    }
}
