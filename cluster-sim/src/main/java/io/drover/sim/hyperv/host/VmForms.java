package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.repository.ObjectPath;
import io.drover.sim.hyperv.schema.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Makes the settings of new VMs, with the identifiers and the relations that Hyper-V gives them. */
final class VmForms {
    static final String VERSION = "9.0";
    private static final String MEMORY = "4764334D-E001-4176-82EE-5594EC9B530E";
    private static final String PROCESSOR = "B637F346-6A0E-4DEC-AF52-BD70CB80A21D\\0";
    private static final String IDE = "83F8638B-8DCA-4152-9EDA-2CA8B33039B4\\";
    private static final String COM = "8E3A359F-559A-4B6A-98A9-1690A6100ED7\\";
    private static final String UNIT = "Microsoft:";

    private final Schema schema;
    private final String host;

    VmForms(Schema schema, String host) {
        this.schema = schema;
        this.host = host;
    }

    Vm make(VmSpec spec, Texts texts, Instant now) {
        Vm vm = new Vm(spec.id(), settings(spec, texts, now));
        vm.configuredAt = now;
        vm.stateSince = now;
        vm.resources.add(memory(spec));
        vm.resources.add(processor(spec));
        vm.resources.add(controller(spec.id(), IDE + "0", 5, "Microsoft:Hyper-V:Emulated IDE Controller", "0"));
        vm.resources.add(controller(spec.id(), IDE + "1", 5, "Microsoft:Hyper-V:Emulated IDE Controller", "1"));
        vm.resources.add(serialPort(spec.id(), "0"));
        vm.resources.add(serialPort(spec.id(), "1"));
        if (spec.hasDisk()) {
            addDisk(vm, spec);
        }
        if (!spec.switchName().isEmpty()) {
            addAdapter(vm, spec.switchName());
        }
        return vm;
    }

    CimObject object(String className, String instanceId) {
        return new CimObject(schema.get(Schema.VIRTUALIZATION, className)).with("InstanceID", instanceId);
    }

    private CimObject settings(VmSpec spec, Texts texts, Instant now) {
        return object("Msvm_VirtualSystemSettingData", UNIT + spec.id())
                .with("AllowFullSCSICommandSet", false)
                .with("AllowReducedFcRedundancy", false)
                .with("AutomaticRecoveryAction", 2L)
                .with("AutomaticShutdownAction", 3L)
                .with("AutomaticStartupAction", 2L)
                .with("AutomaticStartupActionDelay", Duration.ZERO)
                .with("AutomaticStartupActionSequenceNumber", 0L)
                .with("AutomaticSnapshotsEnabled", false)
                .with("BIOSGUID", "{" + spec.id() + "}")
                .with("BIOSNumLock", false)
                .with("BIOSSerialNumber", "0000-" + spec.id().substring(0, 8))
                .with("BootOrder", List.of(1L, 2L, 3L, 0L))
                .with("Caption", texts.text("settings"))
                .with("ConfigurationDataRoot", spec.folder())
                .with("ConfigurationFile", "Virtual Machines\\" + spec.id() + ".vmcx")
                .with("ConfigurationID", spec.id())
                .with("CreationTime", now)
                .with("DebugPortEnabled", 0L)
                .with("Description", texts.text("settings"))
                .with("ElementName", spec.name())
                .with("GuestControlledCacheTypes", false)
                .with("IncrementalBackupEnabled", false)
                .with("IsAutomaticSnapshot", false)
                .with("IsSaved", false)
                .with("LogDataRoot", spec.folder())
                .with("Notes", List.of("emulated"))
                .with("PauseAfterBootFailure", false)
                .with("SecureBootEnabled", false)
                .with("SnapshotDataRoot", spec.folder())
                .with("SuspendDataRoot", spec.folder())
                .with("SwapFileDataRoot", spec.folder())
                .with("UserSnapshotType", 3L)
                .with("Version", VERSION)
                .with("VirtualNumaEnabled", true)
                .with("VirtualSystemIdentifier", spec.id())
                .with("VirtualSystemSubType", "Microsoft:Hyper-V:SubType:1")
                .with("VirtualSystemType", "Microsoft:Hyper-V:System:Realized");
    }

    /** What all resources have. */
    CimObject resource(String className, String id, String part, int type, String subType) {
        return object(className, UNIT + id + "\\" + part)
                .with("AllocationUnits", "count")
                .with("AutomaticAllocation", true)
                .with("AutomaticDeallocation", true)
                .with("ConsumerVisibility", 3L)
                .with("ElementName", subType.substring(subType.lastIndexOf(':') + 1))
                .with("Limit", 1L)
                .with("PoolID", "")
                .with("Reservation", 1L)
                .with("ResourceSubType", subType)
                .with("ResourceType", (long) type)
                .with("VirtualQuantity", 1L)
                .with("VirtualQuantityUnits", "count")
                .with("Weight", 0L);
    }

    private CimObject memory(VmSpec spec) {
        return resource("Msvm_MemorySettingData", spec.id(), MEMORY, 4, "Microsoft:Hyper-V:Memory")
                .with("AllocationUnits", "byte * 2^20")
                .with("DynamicMemoryEnabled", false)
                .with("IsVirtualized", true)
                .with("Limit", spec.memoryMib())
                .with("MaxMemoryBlocksPerNumaNode", 65536L)
                .with("Reservation", spec.memoryMib())
                .with("SwapFilesInUse", false)
                .with("TargetMemoryBuffer", 20L)
                .with("VirtualQuantity", spec.memoryMib())
                .with("VirtualQuantityUnits", "byte * 2^20")
                .with("Weight", 5000L);
    }

    private CimObject processor(VmSpec spec) {
        return resource("Msvm_ProcessorSettingData", spec.id(), PROCESSOR, 3, "Microsoft:Hyper-V:Processor")
                .with("AllocationUnits", "percent / 1000")
                .with("ExposeVirtualizationExtensions", false)
                .with("HwThreadsPerCore", 0L)
                .with("Limit", 100000L)
                .with("LimitCPUID", false)
                .with("LimitProcessorFeatures", false)
                .with("MaxNumaNodesPerSocket", 1L)
                .with("MaxProcessorsPerNumaNode", 64L)
                .with("Reservation", 0L)
                .with("VirtualQuantity", (long) spec.processors())
                .with("Weight", 100L);
    }

    CimObject controller(String id, String part, int type, String subType, String address) {
        return resource("Msvm_ResourceAllocationSettingData", id, part, type, subType).with("Address", address);
    }

    private CimObject serialPort(String id, String number) {
        String name = "COM " + (Integer.parseInt(number) + 1);
        return resource("Msvm_SerialPortSettingData", id, COM + number, 21, "Microsoft:Hyper-V:Serial Port")
                .with("ElementName", name)
                .with("Connection", List.of(""))
                .with("DebuggerMode", false);
    }

    private void addDisk(Vm vm, VmSpec spec) {
        CimObject controller = scsiController(vm.id());
        String part = partOf(controller);
        CimObject drive = resource(
                        "Msvm_ResourceAllocationSettingData",
                        vm.id(),
                        part + "\\0\\D",
                        17,
                        "Microsoft:Hyper-V:Synthetic Disk Drive")
                .with("AddressOnParent", "0")
                .with("Parent", path(controller));
        CimObject disk = resource("Msvm_StorageAllocationSettingData", vm.id(), part + "\\0\\L", 31, Vm.DISK)
                .with("Access", 3L)
                .with("HostResource", List.of(spec.disk()))
                .with("IgnoreFlushes", false)
                .with("Parent", path(drive))
                .with("PersistentReservationsSupported", false)
                .with("VirtualResourceBlockSize", 512L);
        vm.resources.addAll(List.of(controller, drive, disk));
    }

    private CimObject scsiController(String id) {
        return controller(id, newGuid() + "\\0", 6, "Microsoft:Hyper-V:Synthetic SCSI Controller", "")
                .with("VirtualSystemIdentifiers", List.of("{" + newGuid() + "}"));
    }

    private void addAdapter(Vm vm, String switchName) {
        String part = newGuid();
        CimObject adapter = resource(
                        "Msvm_SyntheticEthernetPortSettingData",
                        vm.id(),
                        part,
                        10,
                        "Microsoft:Hyper-V:Synthetic Ethernet Port")
                .with("Address", "00155D" + part.substring(part.length() - 6))
                .with("StaticMacAddress", false)
                .with("VirtualSystemIdentifiers", List.of("{" + part + "}"));
        CimObject connection = resource(
                        "Msvm_EthernetPortAllocationSettingData",
                        vm.id(),
                        part + "\\C",
                        33,
                        "Microsoft:Hyper-V:Ethernet Connection")
                .with("EnabledState", 2L)
                .with("HostResource", List.of(ObjectPath.format(host, Switches.ref(host, switchName))))
                .with("LastKnownSwitchName", switchName)
                .with("Parent", path(adapter));
        vm.resources.addAll(List.of(adapter, connection));
    }

    String path(CimObject object) {
        return ObjectPath.format(host, object.ref());
    }

    /** What stands behind the identifier of the VM in that of a resource. */
    static String partOf(CimObject resource) {
        String id = resource.text("InstanceID");
        return id.substring(id.indexOf('\\') + 1);
    }

    static String newGuid() {
        return UUID.randomUUID().toString().toUpperCase(Locale.ROOT);
    }
}
