package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A virtual machine as one host knows it. Not for many threads. */
public final class Vm {
    static final int RESOURCE_DISK = 31;
    static final String DISK = "Microsoft:Hyper-V:Virtual Hard Disk";
    static final String ISO = "Microsoft:Hyper-V:Virtual CD/DVD Disk";

    private final String id;
    CimObject settings;
    final List<CimObject> resources = new ArrayList<>();
    boolean isPlanned;
    VmState state = VmState.OFF;
    Instant stateSince = Instant.EPOCH;
    Instant configuredAt = Instant.EPOCH;
    Optional<Guest> guest = Optional.empty();
    /** What keeps it busy, as a number behind the first one in OperationalStatus; 0 for nothing. */
    int operation;
    /** Another host has its files open: it can be removed and nothing else. */
    boolean isBroken;

    boolean isShuttingDown;
    boolean isLocked;
    long processId;
    /** Features of the processor that the guest saw when it started. */
    long features;

    Vm(String id, CimObject settings) {
        this.id = id;
        this.settings = settings;
    }

    /** The identifier, in capitals. */
    public String id() {
        return id;
    }

    /** The name that people gave it. */
    public String name() {
        return settings.text("ElementName");
    }

    /** What it does. */
    public VmState state() {
        return state;
    }

    /** Whether it is only prepared, by an import or a migration. */
    public boolean isPlanned() {
        return isPlanned;
    }

    /** The class of its object. */
    CimClass type(Schema schema) {
        return schema.get(
                Schema.VIRTUALIZATION, isPlanned ? "Msvm_PlannedComputerSystem" : "Msvm_ComputerSystem");
    }

    /** Its resources of a class. */
    List<CimObject> resources(String className) {
        return resources.stream()
                .filter(each -> each.type().name().equals(className))
                .toList();
    }

    /** Its virtual hard disks. */
    List<CimObject> disks() {
        return resources("Msvm_StorageAllocationSettingData").stream()
                .filter(each -> each.text("ResourceSubType").equals(DISK))
                .toList();
    }

    /** Paths of its virtual hard disks. */
    List<String> diskPaths() {
        return disks().stream()
                .flatMap(each -> each.texts("HostResource").stream())
                .toList();
    }

    /** The path of its configuration file. */
    String configuration() {
        return settings.text("ConfigurationDataRoot") + "\\" + settings.text("ConfigurationFile");
    }

    /** MiB that it starts with. */
    long memory() {
        return resources("Msvm_MemorySettingData").stream()
                .mapToLong(each -> each.number("VirtualQuantity"))
                .sum();
    }

    /** Virtual processors. */
    long processors() {
        return resources("Msvm_ProcessorSettingData").stream()
                .mapToLong(each -> each.number("VirtualQuantity"))
                .sum();
    }

    void become(VmState next, Instant now) {
        state = next;
        stateSince = now;
        settings.with("IsSaved", next == VmState.SAVED);
    }
}
