package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.model.StoragePlan;
import io.drover.model.VmId;
import io.drover.wsman.CimInstance;
import io.drover.wsman.InstanceText;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The instances that methods take as text. Those that only change something are partial: the key, and what changes. */
final class MoveSettings {
    /** The VM only: its files are on storage that both hosts see. */
    static final int SHARED_STORAGE = 32768;

    /** The files only. */
    static final int STORAGE_ONLY = 32769;

    /** Nothing yet: the target only gets a planned VM, which can be changed before it is used. */
    static final int STAGED = 32770;

    /** The VM and its files. */
    static final int SHARED_NOTHING = 32771;

    private static final int START_NOTHING = 2;
    private static final int RESOURCE_DISK = 31;

    private MoveSettings() {}

    /**
     * How to move; the host's own settings decide the transport.
     *
     * @param planned identifier of the planned VM at the target that is to be used; empty: one is made
     */
    static InstanceText move(int type, List<String> addresses, String planned) {
        InstanceText.Builder text =
                InstanceText.of("Msvm_VirtualSystemMigrationSettingData").uint16("MigrationType", type);
        if (!addresses.isEmpty()) {
            text.strings("DestinationIPAddressList", addresses);
        }
        if (!planned.isEmpty()) {
            text.string("DestinationPlannedVirtualSystemId", planned);
        }
        return text.build();
    }

    static InstanceText startNothing(String guid) {
        return InstanceText.of("Msvm_VirtualSystemSettingData")
                .uint16("AutomaticStartupAction", START_NOTHING)
                .string("InstanceID", "Microsoft:" + guid)
                .build();
    }

    /** A VM's settings, whole, with its folders where a plan puts them; empty if they stay. */
    static Optional<InstanceText> folders(CimInstance settings, StoragePlan plan) {
        if (plan.folder().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(SettingTypes.whole(settings)
                .string("ConfigurationDataRoot", plan.folder())
                .string("SnapshotDataRoot", plan.folder())
                .string("SwapFileDataRoot", plan.folder())
                .build());
    }

    /** Those of a VM's storage allocations that are virtual hard disks with a file. */
    static List<CimInstance> disks(List<CimInstance> allocations) {
        return allocations.stream()
                .filter(each -> each.uint16("ResourceType").orElse(0) == RESOURCE_DISK)
                .filter(each -> each.text("ResourceSubType").orElse("").endsWith("Virtual Hard Disk"))
                .filter(each -> !file(each).isEmpty())
                .toList();
    }

    /** The file of a virtual hard disk; empty if it has none. */
    static String file(CimInstance disk) {
        return disk.texts("HostResource").stream().findFirst().orElse("");
    }

    /**
     * A VM's virtual hard disks, whole, each with its file where a plan puts it.
     *
     * @throws HypervisorException if the plan names a disk that the VM does not have, or puts two at one place
     */
    static List<InstanceText> placed(VmId vm, List<CimInstance> disks, StoragePlan plan) {
        check(vm, disks.stream().map(MoveSettings::file).toList(), plan);
        return disks.stream()
                .map(each -> SettingTypes.whole(each)
                        .strings("HostResource", List.of(plan.place(file(each))))
                        .string("PoolID", "")
                        .build())
                .toList();
    }

    private static void check(VmId vm, List<String> files, StoragePlan plan) {
        Set<String> places = new HashSet<>();
        Set<String> unknown = new TreeSet<>(plan.disks().keySet());
        for (String file : files) {
            String lower = file.toLowerCase(Locale.ROOT);
            unknown.remove(lower);
            unknown.remove(lower.substring(lower.lastIndexOf('\\') + 1));
            if (!places.add(plan.place(file).toLowerCase(Locale.ROOT))) {
                throw HypervHypervisor.refused(
                        "move the files of",
                        vm,
                        "two of its disks would be " + plan.place(file),
                        "name a place for one of them: --disk " + file + "=PATH");
            }
        }
        if (!unknown.isEmpty()) {
            throw HypervHypervisor.refused(
                    "move the files of",
                    vm,
                    "it has no disk " + String.join(", ", unknown),
                    "its disks are " + String.join(", ", files));
        }
    }

    /** A network card's connection to another switch. */
    static InstanceText connection(String instanceId, String switchPath) {
        return InstanceText.of("Msvm_EthernetPortAllocationSettingData")
                .strings("HostResource", List.of(switchPath))
                .string("InstanceID", instanceId)
                .build();
    }
}
