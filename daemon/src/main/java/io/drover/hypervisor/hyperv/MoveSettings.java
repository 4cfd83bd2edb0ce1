package io.drover.hypervisor.hyperv;

import io.drover.wsman.CimInstance;
import io.drover.wsman.CimType;
import io.drover.wsman.InstanceText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The instances that methods take as text. Partial ones: the key, and what is to change. */
final class MoveSettings {
    /** The VM only: its files are on storage that both hosts see. */
    static final int SHARED_STORAGE = 32768;

    /** The files only. */
    static final int STORAGE_ONLY = 32769;

    /** The VM and its files. */
    static final int SHARED_NOTHING = 32771;

    private static final int START_NOTHING = 2;

    private MoveSettings() {}

    /** How to move; the host's own settings decide the transport. */
    static InstanceText move(int type, List<String> addresses) {
        InstanceText.Builder text =
                InstanceText.of("Msvm_VirtualSystemMigrationSettingData").uint16("MigrationType", type);
        if (!addresses.isEmpty()) {
            text.strings("DestinationIPAddressList", addresses);
        }
        return text.build();
    }

    static InstanceText startNothing(String guid) {
        return InstanceText.of("Msvm_VirtualSystemSettingData")
                .uint16("AutomaticStartupAction", START_NOTHING)
                .string("InstanceID", "Microsoft:" + guid)
                .build();
    }

    /** A VM's settings with all of its folders elsewhere. */
    static InstanceText folders(String guid, String folder) {
        return InstanceText.of("Msvm_VirtualSystemSettingData")
                .string("ConfigurationDataRoot", folder)
                .string("InstanceID", "Microsoft:" + guid)
                .string("SnapshotDataRoot", folder)
                .string("SwapFileDataRoot", folder)
                .build();
    }

    /** The virtual hard disks of a VM, each with its file below a new folder. Two of one name are told apart. */
    static List<InstanceText> disks(List<CimInstance> allocations, String folder) {
        List<InstanceText> disks = new ArrayList<>();
        List<String> taken = new ArrayList<>();
        for (CimInstance each : allocations) {
            List<String> files = each.texts("HostResource");
            boolean isDisk = each.uint16("ResourceType").orElse(0) == 31
                    && each.text("ResourceSubType").orElse("").endsWith("Virtual Hard Disk");
            if (isDisk && !files.isEmpty()) {
                String name = files.get(0).substring(files.get(0).lastIndexOf('\\') + 1);
                String file = taken.contains(name.toLowerCase(Locale.ROOT)) ? taken.size() + "-" + name : name;
                taken.add(file.toLowerCase(Locale.ROOT));
                disks.add(InstanceText.of("Msvm_StorageAllocationSettingData")
                        .strings("HostResource", List.of(folder + "\\" + file))
                        .string("InstanceID", each.requiredText("InstanceID"))
                        .string("PoolID", "")
                        .uint16("ResourceType", 31)
                        .put("ResourceSubType", CimType.STRING, each.requiredText("ResourceSubType"))
                        .build());
            }
        }
        return disks;
    }

    /** A network card's connection to another switch. */
    static InstanceText connection(String instanceId, String switchPath) {
        return InstanceText.of("Msvm_EthernetPortAllocationSettingData")
                .strings("HostResource", List.of(switchPath))
                .string("InstanceID", instanceId)
                .build();
    }
}
