package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.ObjectPath;
import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The services of Hyper-V, the host's memory and processors, and its switches, as objects. */
final class ServiceObjects {
    private final EmulatedHost host;

    ServiceObjects(EmulatedHost host) {
        this.host = host;
    }

    void addTo(Map<String, Function<CimClass, List<CimObject>>> sources) {
        sources.put(
                "Msvm_VirtualSystemManagementService",
                type -> List.of(service(type, "vmms", "Hyper-V Virtual System Management Service")));
        sources.put(
                "Msvm_ImageManagementService",
                type -> List.of(service(type, "vhdsvc", "Hyper-V Image Management Service")));
        sources.put("Msvm_VirtualHardDiskSettingData", type -> List.of());
        sources.put("Msvm_VirtualSystemMigrationService", type -> List.of(migrationService(type)));
        sources.put("Msvm_VirtualSystemManagementServiceSettingData", type -> List.of(host.settings.management.copy()));
        sources.put("Msvm_VirtualSystemMigrationServiceSettingData", type -> List.of(host.settings.migration.copy()));
        sources.put(
                "Msvm_VirtualSystemMigrationNetworkSettingData",
                type -> host.settings.networks.stream().map(CimObject::copy).toList());
        sources.put("Msvm_VirtualSystemMigrationCapabilities", type -> List.of(capabilities(type)));
        sources.put("Msvm_NumaNode", this::numaNodes);
        sources.put("Msvm_Memory", this::memories);
        sources.put("Msvm_Processor", this::processors);
        sources.put("Msvm_VirtualEthernetSwitch", this::switches);
        sources.put("Msvm_ExternalEthernetPort", this::uplinks);
        sources.put("Msvm_VirtualSystemMigrationSettingData", ServiceObjects::migrations);
        sources.put(
                "Msvm_VirtualSystemSnapshotService",
                type -> List.of(service(type, "vssnapsvc", "Hyper-V Virtual System Snapshot Service")));
    }

    private CimObject service(CimClass type, String name, String elementName) {
        return new CimObject(type)
                .with("Caption", elementName)
                .with("CreationClassName", type.name())
                .with("Description", elementName)
                .with("ElementName", elementName)
                .with("EnabledDefault", 2L)
                .with("EnabledState", 2L)
                .with("HealthState", 5L)
                .with("Name", name)
                .with("OperationalStatus", List.of(2L))
                .with("RequestedState", 12L)
                .with("StartMode", "Automatic")
                .with("Started", true)
                .with("Status", "OK")
                .with("StatusDescriptions", List.of(host.site().texts().text("ok")))
                .with("SystemCreationClassName", "Msvm_ComputerSystem")
                .with("SystemName", host.hostName());
    }

    private CimObject migrationService(CimClass type) {
        CimObject service = service(type, "vmms", "Hyper-V Virtual System Migration Service")
                .with("ActiveVirtualSystemMigrationCount", (long) Migration.active(host))
                .with("ActiveStorageMigrationCount", (long) Migration.activeStorage(host));
        List<String> listeners = host.settings.listeners();
        return listeners.isEmpty() ? service : service.with("MigrationServiceListenerIPAddressList", listeners);
    }

    /** For each kind of migration the settings that a caller starts from. */
    private static List<CimObject> migrations(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        for (long kind = MigrationRequest.VM_ONLY; kind <= MigrationRequest.STORAGE_DEEP_CHECK; kind++) {
            all.add(new CimObject(type)
                    .with("InstanceID", "Microsoft:MigrationSettingData\\" + kind)
                    .with("MigrationType", kind));
        }
        return all;
    }

    private static CimObject capabilities(CimClass type) {
        return new CimObject(type)
                .with("AsynchronousMethodsSupported", List.of(0L, 3L))
                .with("DestinationHostFormatsSupported", List.of(2L, 3L, 4L))
                .with("ElementName", "Migration Capabilities")
                .with("InstanceID", "Microsoft:MigrationCapabilities")
                .with("SynchronousMethodsSupported", List.of(1L, 2L));
    }

    // ---- memory and processors

    private CimObject device(CimClass type, String id) {
        return new CimObject(type)
                .with("CreationClassName", type.name())
                .with("DeviceID", id)
                .with("ElementName", id)
                .with("EnabledState", 2L)
                .with("HealthState", 5L)
                .with("OperationalStatus", List.of(2L))
                .with("SystemCreationClassName", "Msvm_ComputerSystem")
                .with("SystemName", host.hostName());
    }

    private List<CimObject> numaNodes(CimClass type) {
        List<CimObject> nodes = new ArrayList<>();
        int count = host.shape().numaNodes();
        for (int i = 0; i < count; i++) {
            nodes.add(device(type, "")
                    .without("DeviceID")
                    .with("CurrentlyConsumableMemoryBlocks", host.freeMemory() / count)
                    .with("ElementName", "Numa Node")
                    .with("Name", "Numa Node")
                    .with("NodeID", nodeId(i))
                    .with("NumberOfLogicalProcessors", (long) host.shape().logicalProcessors() / count)
                    .with("NumberOfProcessorCores", (long) host.shape().logicalProcessors() / count / 2));
        }
        return nodes;
    }

    private static String nodeId(int node) {
        return "Microsoft:PhysicalNode\\" + node;
    }

    private List<CimObject> memories(CimClass type) {
        List<CimObject> memories = new ArrayList<>();
        for (int i = 0; i < host.shape().numaNodes(); i++) {
            memories.add(device(type, nodeId(i) + "\\Memory")
                    .with("BlockSize", 1L << 20)
                    .with("ConsumableBlocks", host.freeMemory() / host.shape().numaNodes())
                    .with(
                            "NumberOfBlocks",
                            host.shape().memoryMib() / host.shape().numaNodes())
                    .with("Primordial", true)
                    .with("Volatile", true));
        }
        return memories;
    }

    private List<CimObject> processors(CimClass type) {
        List<CimObject> processors = new ArrayList<>();
        for (int i = 0; i < host.shape().logicalProcessors(); i++) {
            processors.add(device(type, "Microsoft:PhysicalProcessor\\" + i)
                    .with("LoadPercentage", 12L)
                    .with("MaxClockSpeed", 2600L));
        }
        return processors;
    }

    // ---- switches

    private List<CimObject> switches(CimClass type) {
        boolean isFailed = host.misbehaviours().has(Misbehaviour.SWITCHES_FAILED);
        return host.shape().switches().stream()
                .map(name -> new CimObject(type)
                        .with("CreationClassName", type.name())
                        .with("ElementName", name)
                        .with("EnabledDefault", 2L)
                        .with("EnabledState", 5L)
                        .with("HealthState", isFailed ? 25L : 5L)
                        .with("InstallDate", VmObjects.NEVER)
                        .with("MaxIOVOffloads", 0L)
                        .with("MaxVMQOffloads", 16L)
                        .with("Name", Switches.id(host.hostName(), name))
                        .with("OperationalStatus", List.of(isFailed ? 6L : 2L))
                        .with("RequestedState", 12L)
                        .with("StatusDescriptions", List.of(host.site().texts().text(isFailed ? "critical" : "ok"))))
                .toList();
    }

    /** Each switch has a network adapter of its own. */
    private List<CimObject> uplinks(CimClass type) {
        return host.shape().switches().stream()
                .map(name -> device(type, "Microsoft:" + Switches.uplink(host.hostName(), name))
                        .with("ElementName", Switches.adapter(name))
                        .with("IsBound", true)
                        .with("Name", Switches.adapter(name))
                        .with("PermanentAddress", "00155D000001")
                        .with("Speed", 10_000_000_000L))
                .toList();
    }

    /** The connections of switches with their network adapters. */
    List<CimObject> switchPorts(CimClass type) {
        List<Ref> uplinks =
                host.objectsOf(host.schema().get(Schema.VIRTUALIZATION, "Msvm_ExternalEthernetPort")).stream()
                        .map(CimObject::ref)
                        .toList();
        List<CimObject> ports = new ArrayList<>();
        for (int i = 0; i < uplinks.size(); i++) {
            String name = host.shape().switches().get(i);
            ports.add(new CimObject(type)
                    .with("ElementName", name + "_External")
                    .with("EnabledState", 2L)
                    .with("HostResource", List.of(ObjectPath.format(host.hostName(), uplinks.get(i))))
                    .with(
                            "InstanceID",
                            "Microsoft:" + Switches.id(host.hostName(), name) + "\\"
                                    + Switches.id(host.hostName(), name + "/port"))
                    .with("ResourceSubType", "Microsoft:Hyper-V:Ethernet Connection")
                    .with("ResourceType", 33L));
        }
        return ports;
    }
}
