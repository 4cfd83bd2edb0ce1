package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What GetSummaryInformation says, and what the objects of Msvm_SummaryInformation are. */
final class Summaries {
    /** What guests call their system. */
    static final String GUEST_SYSTEM = "Windows Server 2022 Standard";

    /** The number of each property that can be asked for. */
    private static final Map<Long, String> CODES = new TreeMap<>();

    static {
        CODES.put(0L, "Name");
        CODES.put(1L, "ElementName");
        CODES.put(2L, "CreationTime");
        CODES.put(3L, "Notes");
        CODES.put(4L, "NumberOfProcessors");
        CODES.put(9L, "VirtualSwitchNames");
        CODES.put(10L, "Version");
        CODES.put(100L, "EnabledState");
        CODES.put(101L, "ProcessorLoad");
        CODES.put(102L, "ProcessorLoadHistory");
        CODES.put(103L, "MemoryUsage");
        CODES.put(104L, "Heartbeat");
        CODES.put(105L, "UpTime");
        CODES.put(106L, "GuestOperatingSystem");
        CODES.put(107L, "Snapshots");
        CODES.put(108L, "AsynchronousTasks");
        CODES.put(109L, "HealthState");
        CODES.put(110L, "OperationalStatus");
        CODES.put(111L, "StatusDescriptions");
        CODES.put(112L, "MemoryAvailable");
        CODES.put(113L, "AvailableMemoryBuffer");
        CODES.put(117L, "ApplicationHealth");
        CODES.put(120L, "SwapFilesInUse");
        CODES.put(123L, "MemorySpansPhysicalNumaNodes");
    }

    private final EmulatedHost host;

    Summaries(EmulatedHost host) {
        this.host = host;
    }

    /** The properties that are asked for, all others NULL. */
    CimObject of(Vm vm, List<?> codes) {
        CimObject all = all(vm, jobsNow());
        CimObject asked = new CimObject(all.type());
        asked.with("InstanceID", vm.settings.text("InstanceID"));
        for (Object code : codes) {
            String property = CODES.getOrDefault(code, "");
            all.value(property).ifPresent(value -> asked.with(property, value));
        }
        return asked;
    }

    /** Those of all VMs, as a query finds them; others ask for them so, on real hosts. */
    List<CimObject> objects() {
        List<Job> jobs = jobsNow();
        return host.vms().stream()
                .filter(each -> !each.isPlanned)
                .map(each -> all(each, jobs).with("InstanceID", each.settings.text("InstanceID")))
                .toList();
    }

    private List<Job> jobsNow() {
        return host.jobs.all().stream().filter(job -> !job.isOver()).toList();
    }

    private CimObject all(Vm vm, List<Job> jobs) {
        boolean isIn = vm.state.isInMemory();
        List<io.drover.sim.hyperv.repository.Ref> tasks = jobs.stream()
                .filter(job ->
                        job.affected.stream().anyMatch(each -> each.key("Name").equals(vm.id())))
                .map(Job::ref)
                .toList();
        CimObject all = new CimObject(host.schema().get(Schema.VIRTUALIZATION, "Msvm_SummaryInformation"))
                .with("Name", vm.id())
                .with("ElementName", vm.name())
                .with("CreationTime", vm.settings.value("CreationTime").orElse(vm.configuredAt))
                .with("Notes", String.join("\n", vm.settings.texts("Notes")))
                .with("NumberOfProcessors", vm.processors())
                .with("VirtualSwitchNames", switchNames(vm))
                .with("Version", vm.settings.text("Version"))
                .with("EnabledState", VmObjects.enabledState(host, vm))
                .with("HealthState", VmObjects.healthState(host, vm))
                .with("OperationalStatus", VmObjects.operationalStatus(host, vm))
                .with("StatusDescriptions", List.of(VmObjects.statusText(host, vm)))
                .with("SwapFilesInUse", false)
                .with("MemorySpansPhysicalNumaNodes", false)
                .with("UpTime", uptime(vm).toMillis());
        String other = VmObjects.otherState(host, vm);
        if (!other.isEmpty()) {
            all.with("OtherEnabledState", other);
        }
        if (!tasks.isEmpty()) {
            all.with("AsynchronousTasks", tasks);
        }
        if (isIn) {
            all.with("ProcessorLoad", load(vm))
                    .with("MemoryUsage", vm.memory())
                    .with("Heartbeat", VmObjects.heartbeat(host, vm))
                    .with("GuestOperatingSystem", GUEST_SYSTEM)
                    .with("ApplicationHealth", 2L);
            boolean isDynamic = vm.resources("Msvm_MemorySettingData").stream()
                    .anyMatch(each -> each.truth("DynamicMemoryEnabled"));
            if (isDynamic) {
                all.with("MemoryAvailable", 35L).with("AvailableMemoryBuffer", 80L);
            }
        }
        return all;
    }

    private List<String> switchNames(Vm vm) {
        return vm.resources("Msvm_EthernetPortAllocationSettingData").stream()
                .map(each -> each.text("LastKnownSwitchName"))
                .filter(each -> !each.isEmpty())
                .toList();
    }

    private Duration uptime(Vm vm) {
        return vm.state.isInMemory()
                ? vm.guest
                        .map(guest -> Duration.between(guest.bootedAt, host.now()))
                        .orElse(Duration.ZERO)
                : Duration.ZERO;
    }

    /** Something that is not always the same, and the same for the same tick. */
    static long load(Vm vm) {
        long counter = vm.guest.map(guest -> guest.counter).orElse(0L);
        return vm.state == VmState.RUNNING ? 5 + Math.floorMod(vm.id().hashCode() + counter / 10, 40) : 0;
    }
}
