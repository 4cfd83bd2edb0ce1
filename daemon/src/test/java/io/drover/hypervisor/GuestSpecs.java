package io.drover.hypervisor;

import io.drover.model.DiskSpec;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.List;

/** Guests for tests of hypervisors. */
public final class GuestSpecs {
    private GuestSpecs() {}

    /** A guest with one disk, and a boot image unless that is empty; all else is as {@link VmSpec#of} has it. */
    public static VmSpec withDisk(VmId name, long memory, DiskSpec disk, String bootImage) {
        return withDisk(VmSpec.of(name, memory), disk, bootImage);
    }

    /** The same of a guest that is described already. */
    public static VmSpec withDisk(VmSpec plain, DiskSpec disk, String bootImage) {
        return with(plain, List.of(disk), plain.networks(), bootImage);
    }

    /** A guest that is described already, on one network. */
    public static VmSpec onNetwork(VmSpec plain, String network) {
        return with(plain, plain.disks(), List.of(network), plain.bootImage());
    }

    private static VmSpec with(VmSpec plain, List<DiskSpec> disks, List<String> networks, String bootImage) {
        return new VmSpec(
                plain.id(),
                plain.memory(),
                plain.cpus(),
                disks,
                networks,
                plain.priority(),
                plain.preferredOwners(),
                plain.possibleOwners(),
                plain.liveMigratable(),
                plain.failback(),
                plain.maxRestarts(),
                plain.maxRelocates(),
                bootImage,
                plain.hypervisorId(),
                plain.definition());
    }
}
