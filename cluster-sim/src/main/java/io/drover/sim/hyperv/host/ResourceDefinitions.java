package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.CimClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a host says of resources that a VM could be given: for each kind how it is by default, for memory and processors
 * also how much there can be. They are objects of the same classes as the resources of VMs, and clients tell them apart by
 * their identifiers; what has to be added to a VM starts from a copy of the default.
 */
final class ResourceDefinitions {
    /** A kind of resource. */
    private record Kind(int type, String subType, String pool) {}

    private static final String UNIT = "Microsoft:Hyper-V:";
    private static final long PROCESSORS_MAX = 240;
    private static final long MEMORY_MAX_MIB = 12L << 20;
    private static final long MEMORY_DEFAULT_MIB = 1024;
    private static final long MEMORY_STEP_MIB = 32;

    private static final Map<String, List<Kind>> KINDS = Map.of(
            "Msvm_ResourceAllocationSettingData",
            List.of(
                    new Kind(17, "Physical Disk Drive", "353B3BE8-310C-4CF4-839E-4E1B14616136"),
                    kind(17, "Synthetic Disk Drive"),
                    kind(16, "Synthetic DVD Drive"),
                    kind(14, "Synthetic Diskette Drive"),
                    kind(6, "Synthetic SCSI Controller"),
                    kind(5, "Emulated IDE Controller")),
            "Msvm_StorageAllocationSettingData",
            List.of(kind(31, "Virtual Hard Disk"), kind(31, "Virtual CD/DVD Disk"), kind(31, "Virtual Floppy Disk")),
            "Msvm_SyntheticEthernetPortSettingData",
            List.of(kind(10, "Synthetic Ethernet Port")),
            "Msvm_EmulatedEthernetPortSettingData",
            List.of(kind(10, "Emulated Ethernet Port")),
            "Msvm_EthernetPortAllocationSettingData",
            List.of(kind(33, "Ethernet Connection")),
            "Msvm_SerialPortSettingData",
            List.of(kind(21, "Serial Port")));

    private ResourceDefinitions() {}

    private static Kind kind(int type, String subType) {
        return new Kind(type, subType, Switches.id("definition", subType));
    }

    static List<CimObject> of(CimClass type) {
        return switch (type.name()) {
            case "Msvm_ProcessorSettingData" -> processors(type);
            case "Msvm_MemorySettingData" -> memories(type);
            default ->
                KINDS.getOrDefault(type.name(), List.of()).stream()
                        .map(each -> definition(type, each, "Default"))
                        .toList();
        };
    }

    private static List<CimObject> processors(CimClass type) {
        Kind kind = new Kind(3, "Processor", "B637F346-6A0E-4DEC-AF52-BD70CB80A21D");
        List<CimObject> all = new ArrayList<>();
        for (String each : List.of("Default", "Maximum", "Minimum", "Increment")) {
            all.add(definition(type, kind, each)
                    .with("Limit", 100000L)
                    .with("VirtualQuantity", each.equals("Maximum") ? PROCESSORS_MAX : 1));
        }
        return all;
    }

    private static List<CimObject> memories(CimClass type) {
        Kind kind = new Kind(4, "Memory", "4764334D-E001-4176-82EE-5594EC9B530E");
        List<CimObject> all = new ArrayList<>();
        for (String each : List.of("Default", "Maximum", "Minimum", "Increment")) {
            long mib = each.equals("Maximum")
                    ? MEMORY_MAX_MIB
                    : each.equals("Default") ? MEMORY_DEFAULT_MIB : MEMORY_STEP_MIB;
            all.add(definition(type, kind, each).with("VirtualQuantity", mib));
        }
        return all;
    }

    private static CimObject definition(CimClass type, Kind kind, String which) {
        return new CimObject(type)
                .with("ElementName", kind.subType())
                .with("InstanceID", "Microsoft:Definition\\" + kind.pool() + "\\" + which)
                .with("ResourceSubType", UNIT + kind.subType())
                .with("ResourceType", (long) kind.type());
    }
}
