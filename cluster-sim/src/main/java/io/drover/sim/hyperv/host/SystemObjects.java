package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.CimClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The system itself, as the classes of root/cimv2 describe it. */
final class SystemObjects {
    /** Windows Server 2022. */
    static final String VERSION = "10.0.20348";

    private static final long TICKS_PER_SECOND = 10_000_000;

    private final EmulatedHost host;
    private final Map<String, Function<CimClass, List<CimObject>>> sources = new TreeMap<>();

    SystemObjects(EmulatedHost host) {
        this.host = host;
        sources.put("Win32_ComputerSystem", this::computer);
        sources.put("Win32_OperatingSystem", this::operatingSystem);
        sources.put("Win32_Processor", this::processors);
        sources.put("Win32_ComputerSystemProcessor", this::processorsOfComputer);
        sources.put("Win32_ComputerSystemProduct", this::product);
        sources.put("Win32_DeviceGuard", this::deviceGuard);
        sources.put("MSFT_NetAdapter", this::networkAdapters);
        sources.put("Win32_PerfRawData_HvStats_HyperVHypervisorVirtualProcessor", this::virtualProcessors);
        sources.put("Win32_PerfRawData_HvStats_HyperVHypervisorLogicalProcessor", this::logicalProcessors);
        new SystemParts(host).addTo(sources);
    }

    @Nullable
    Function<CimClass, List<CimObject>> source(String className) {
        return sources.get(className);
    }

    private List<CimObject> networkAdapters(CimClass type) {
        boolean isDown = host.misbehaviours().has(Misbehaviour.UPLINKS_DOWN);
        return host.shape().switches().stream()
                .map(name -> new CimObject(type)
                        .with("CreationClassName", type.name())
                        .with("DeviceID", Switches.uplink(host.hostName(), name))
                        .with("InterfaceDescription", Switches.adapter(name))
                        .with("InterfaceOperationalStatus", isDown ? 2L : 1L)
                        .with("MediaConnectState", isDown ? 2L : 1L)
                        .with("Name", name)
                        .with("Speed", 10_000_000_000L)
                        .with("State", 2L)
                        .with("SystemCreationClassName", "CIM_NetworkPort")
                        .with("SystemName", host.shape().fqdn())
                        .with("Virtual", false))
                .toList();
    }

    private List<CimObject> computer(CimClass type) {
        HostShape shape = host.shape();
        return List.of(new CimObject(type)
                .with("AutomaticManagedPagefile", true)
                .with("BootupState", "Normal boot")
                .with("Caption", shape.name())
                .with("CreationClassName", type.name())
                .with("CurrentTimeZone", 0L)
                .with("DNSHostName", shape.name().toLowerCase(java.util.Locale.ROOT))
                .with("Description", "AT/AT COMPATIBLE")
                .with("Domain", shape.domain())
                .with("DomainRole", 3L)
                .with("HypervisorPresent", true)
                .with("Manufacturer", "Drover")
                .with("Model", "Emulated host")
                .with("Name", shape.name())
                .with("NumberOfLogicalProcessors", (long) shape.logicalProcessors())
                .with("NumberOfProcessors", (long) shape.numaNodes())
                .with("PartOfDomain", true)
                .with("Status", "OK")
                .with("SystemType", "x64-based PC")
                .with("TotalPhysicalMemory", shape.memoryMib() << 20));
    }

    private List<CimObject> operatingSystem(CimClass type) {
        HostShape shape = host.shape();
        long freeMib = host.freeMemory() + HostShape.OWN_MEMORY_MIB / 2;
        return List.of(new CimObject(type)
                .with("BuildNumber", "20348")
                .with("BuildType", "Multiprocessor Free")
                .with("CSCreationClassName", "Win32_ComputerSystem")
                .with("CSName", shape.name())
                .with("Caption", "Microsoft Windows Server 2022 Datacenter")
                .with("CreationClassName", type.name())
                .with("CurrentTimeZone", 0L)
                .with("FreePhysicalMemory", freeMib << 10)
                .with("LastBootUpTime", host.bootedAt())
                .with("LocalDateTime", host.now())
                .with("Locale", "0409")
                .with("MUILanguages", List.of(host.site().language()))
                .with("Name", "Microsoft Windows Server 2022 Datacenter|C:\\Windows|\\Device\\Harddisk0\\Partition4")
                .with("OSArchitecture", "64-bit")
                .with("OSType", 18L)
                .with("Primary", true)
                .with("ProductType", 3L)
                .with("Status", "OK")
                .with("SystemDirectory", "C:\\Windows\\system32")
                .with("SystemDrive", "C:")
                .with("TotalVirtualMemorySize", shape.memoryMib() << 10)
                .with("TotalVisibleMemorySize", shape.memoryMib() << 10)
                .with("Version", VERSION)
                .with("WindowsDirectory", "C:\\Windows"));
    }

    private List<CimObject> processors(CimClass type) {
        HostShape shape = host.shape();
        List<CimObject> all = new ArrayList<>();
        for (int i = 0; i < shape.numaNodes(); i++) {
            long perSocket = shape.logicalProcessors() / shape.numaNodes();
            all.add(new CimObject(type)
                    .with("AddressWidth", 64L)
                    .with("Architecture", 9L)
                    .with("Availability", 3L)
                    .with("Caption", "Intel64 Family 6 Model 106 Stepping 6")
                    .with("CpuStatus", 1L)
                    .with("CreationClassName", type.name())
                    .with("CurrentClockSpeed", 2600L)
                    .with("DataWidth", 64L)
                    .with("DeviceID", "CPU" + i)
                    .with("Family", 179L)
                    .with("Manufacturer", "GenuineIntel")
                    .with("MaxClockSpeed", 2600L)
                    .with("Name", "Emulated Xeon 2600")
                    .with("NumberOfCores", Math.max(1, perSocket / 2))
                    .with("NumberOfLogicalProcessors", perSocket)
                    .with("ProcessorType", 3L)
                    .with("Role", "CPU")
                    .with("SocketDesignation", "CPU " + i)
                    .with("Status", "OK")
                    .with("SystemCreationClassName", "Win32_ComputerSystem")
                    .with("SystemName", shape.name()));
        }
        return all;
    }

    private List<CimObject> all(String className) {
        return host.objectsOf(host.schema().get("root/cimv2", className));
    }

    private List<CimObject> processorsOfComputer(CimClass type) {
        CimObject computer = all("Win32_ComputerSystem").get(0);
        return all("Win32_Processor").stream()
                .map(each -> new CimObject(type)
                        .with("GroupComponent", computer.ref())
                        .with("PartComponent", each.ref()))
                .toList();
    }

    private List<CimObject> product(CimClass type) {
        return List.of(new CimObject(type)
                .with("Caption", "Computer System Product")
                .with("Description", "Computer System Product")
                .with("IdentifyingNumber", "EMULATED-" + host.hostName())
                .with("Name", "Emulated host")
                .with("UUID", Switches.id(host.hostName(), "uuid"))
                .with("Vendor", "Drover")
                .with("Version", "1"));
    }

    /** As on a host on which nobody has switched anything of it on. */
    private List<CimObject> deviceGuard(CimClass type) {
        return List.of(new CimObject(type)
                .with("AvailableSecurityProperties", List.of(1L, 2L, 3L))
                .with("CodeIntegrityPolicyEnforcementStatus", 0L)
                .with("InstanceIdentifier", Switches.id(host.hostName(), "device guard"))
                .with("RequiredSecurityProperties", List.of(0L))
                .with("SecurityServicesConfigured", List.of(0L))
                .with("SecurityServicesRunning", List.of(0L))
                .with("UsermodeCodeIntegrityPolicyEnforcementStatus", 0L)
                .with("Version", "1.0")
                .with("VirtualizationBasedSecurityStatus", 0L));
    }

    // ---- counters

    private CimObject counter(CimClass type, String name, long runTime) {
        long sinceBoot = hundredNanos(Duration.between(host.bootedAt(), host.now()));
        CimObject counter = new CimObject(type);
        type.properties().stream()
                .filter(each -> each.type().isNumber())
                .forEach(each -> counter.with(each.name(), 0L));
        return counter.with("Frequency_Object", TICKS_PER_SECOND)
                .with("Frequency_PerfTime", TICKS_PER_SECOND)
                .with("Frequency_Sys100NS", TICKS_PER_SECOND)
                .with("Name", name)
                .with("PercentGuestRunTime", runTime * 9 / 10)
                .with("PercentHypervisorRunTime", runTime / 10)
                .with("PercentTotalRunTime", runTime)
                .with("Timestamp_Object", sinceBoot)
                .with("Timestamp_PerfTime", sinceBoot)
                .with("Timestamp_Sys100NS", hundredNanos(Duration.between(java.time.Instant.EPOCH, host.now())));
    }

    private static long hundredNanos(Duration length) {
        return length.toMillis() * (TICKS_PER_SECOND / 1000);
    }

    private List<CimObject> virtualProcessors(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        for (Vm vm : host.vms()) {
            if (vm.isPlanned || !vm.state.isInMemory() || vm.guest.isEmpty()) {
                continue;
            }
            long up = hundredNanos(Duration.between(vm.guest.get().bootedAt, host.now()));
            for (int i = 0; i < vm.processors(); i++) {
                all.add(counter(type, vm.name() + ":Hv VP " + i, up * 15 / 100));
            }
        }
        return all;
    }

    private List<CimObject> logicalProcessors(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        long up = hundredNanos(Duration.between(host.bootedAt(), host.now()));
        for (int i = 0; i < host.shape().logicalProcessors(); i++) {
            all.add(counter(type, "Hv LP " + i, up * 20 / 100));
        }
        all.add(counter(type, "_Total", up * 20 / 100));
        return all;
    }
}
