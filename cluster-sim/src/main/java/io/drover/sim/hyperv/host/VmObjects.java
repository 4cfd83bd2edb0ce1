package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.misbehaviour.Misbehaviour;
import io.drover.sim.hyperv.repository.CimObject;
import io.drover.sim.hyperv.schema.CimClass;
import io.drover.sim.hyperv.schema.Schema;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** VMs, their settings and their components, as objects. */
final class VmObjects {
    static final long HEARTBEAT_OK = 2;
    static final long HEARTBEAT_NO_CONTACT = 12;
    static final long HEARTBEAT_LOST = 13;
    static final long HEARTBEAT_PAUSED = 15;
    static final Instant NEVER = Instant.parse("1601-01-01T00:00:00Z");
    private static final long OK = 5;
    private static final long CRITICAL = 25;
    private static final long MAJOR_FAILURE = 20;
    private static final long CRITICAL_IO = 32795;

    private final EmulatedHost host;

    VmObjects(EmulatedHost host) {
        this.host = host;
    }

    // ---- how a VM is

    static boolean isStorageGone(EmulatedHost host, Vm vm) {
        return vm.isBroken || host.misbehaviours().has(Misbehaviour.STORAGE_GONE);
    }

    private static boolean isOther(EmulatedHost host) {
        return host.misbehaviours().has(Misbehaviour.OTHER_STATE);
    }

    static long enabledState(EmulatedHost host, Vm vm) {
        return isOther(host) ? 1 : vm.state.enabledState();
    }

    static String otherState(EmulatedHost host, Vm vm) {
        return isOther(host) ? "RunningCritical" : vm.state.otherName();
    }

    static long healthState(EmulatedHost host, Vm vm) {
        if (isStorageGone(host, vm)) {
            return CRITICAL;
        }
        return host.misbehaviours().has(Misbehaviour.CRITICAL_IO) ? MAJOR_FAILURE : OK;
    }

    /** The first number says how it is, the second one what is being done to it. */
    static List<Object> operationalStatus(EmulatedHost host, Vm vm) {
        List<Object> status = new ArrayList<>();
        status.add(isStorageGone(host, vm) ? 3L : 2L);
        if (host.misbehaviours().has(Misbehaviour.CRITICAL_IO)) {
            status.add(CRITICAL_IO);
        } else if (vm.operation != 0) {
            status.add((long) vm.operation);
        }
        return status;
    }

    static String statusText(EmulatedHost host, Vm vm) {
        return host.site().texts().text(isStorageGone(host, vm) ? "critical" : "ok");
    }

    static long heartbeat(EmulatedHost host, Vm vm) {
        if (vm.state == VmState.PAUSED) {
            return HEARTBEAT_PAUSED;
        }
        if (vm.state != VmState.RUNNING || vm.guest.isEmpty()) {
            return HEARTBEAT_NO_CONTACT;
        }
        if (host.misbehaviours().has(Misbehaviour.HEARTBEAT_LOST)) {
            return HEARTBEAT_LOST;
        }
        Duration up = Duration.between(vm.guest.get().bootedAt, host.now());
        return up.compareTo(PowerMethods.HEARTBEAT_AFTER) < 0 ? HEARTBEAT_NO_CONTACT : HEARTBEAT_OK;
    }

    // ---- objects

    List<CimObject> systems(CimClass type, boolean isPlanned) {
        List<CimObject> all = new ArrayList<>();
        if (!isPlanned) {
            all.add(hostSystem(type));
        }
        host.vms().stream().filter(each -> each.isPlanned == isPlanned).forEach(each -> all.add(system(type, each)));
        return all;
    }

    private CimObject hostSystem(CimClass type) {
        Texts texts = host.site().texts();
        return new CimObject(type)
                .with("Caption", texts.text("host"))
                .with("CreationClassName", type.name())
                .with("Dedicated", List.of(0L))
                .with("Description", texts.text("host-description"))
                .with("ElementName", host.hostName())
                .with("EnabledDefault", 2L)
                .with("EnabledState", 2L)
                .with("HealthState", OK)
                .with("Name", host.hostName())
                .with("NumberOfNumaNodes", (long) host.shape().numaNodes())
                .with("OperationalStatus", List.of(2L))
                .with("RequestedState", 12L)
                .with("ResetCapability", 1L)
                .with("StatusDescriptions", List.of(texts.text("ok")))
                .with("TimeOfLastStateChange", host.bootedAt());
    }

    private CimObject system(CimClass type, Vm vm) {
        CimObject system = new CimObject(type)
                .with("AvailableRequestedStates", List.of(2L, 3L, 6L, 9L, 11L))
                .with("Caption", host.site().texts().text("vm"))
                .with("CreationClassName", type.name())
                .with("Description", "Microsoft Virtual Machine")
                .with("ElementName", vm.name())
                .with("EnabledDefault", 2L)
                .with("EnabledState", enabledState(host, vm))
                .with("EnhancedSessionModeState", 3L)
                .with("FailedOverReplicationType", 0L)
                .with("HealthState", healthState(host, vm))
                .with("HwThreadsPerCoreRealized", 1L)
                .with("InstallDate", vm.settings.value("CreationTime").orElse(vm.configuredAt))
                .with("LastApplicationConsistentReplicationTime", NEVER)
                .with("LastReplicationTime", NEVER)
                .with("LastReplicationType", 0L)
                .with("LastSuccessfulBackupTime", NEVER)
                .with("Name", vm.id())
                .with("NumberOfNumaNodes", 1L)
                .with("OnTimeInMilliseconds", onTime(vm))
                .with("OperationalStatus", operationalStatus(host, vm))
                .with("ReplicationHealth", 0L)
                .with("ReplicationMode", 0L)
                .with("ReplicationState", 0L)
                .with("RequestedState", 12L)
                .with("ResetCapability", 1L)
                .with("StatusDescriptions", List.of(statusText(host, vm)))
                .with("TimeOfLastConfigurationChange", vm.configuredAt)
                .with("TimeOfLastStateChange", vm.stateSince);
        if (!otherState(host, vm).isEmpty()) {
            system.with("OtherEnabledState", otherState(host, vm));
        }
        if (vm.state.isInMemory() && !vm.isPlanned) {
            system.with("ProcessID", vm.processId);
        }
        return system;
    }

    private long onTime(Vm vm) {
        return vm.state.isInMemory()
                ? vm.guest
                        .map(guest ->
                                Duration.between(guest.bootedAt, host.now()).toMillis())
                        .orElse(0L)
                : 0;
    }

    List<CimObject> settings() {
        return host.vms().stream()
                .map(each -> each.settings
                        .copy()
                        .with(
                                "VirtualSystemType",
                                "Microsoft:Hyper-V:System:" + (each.isPlanned ? "Planned" : "Realized")))
                .toList();
    }

    /** Resources of VMs, and the definitions that hosts have for each kind of them. */
    List<CimObject> resources(CimClass type) {
        List<CimObject> all = new ArrayList<>();
        host.vms().forEach(vm -> vm.resources(type.name()).forEach(each -> all.add(each.copy())));
        all.addAll(ResourceDefinitions.of(type));
        return all;
    }

    /** Components of integration services, which are there while a VM executes. */
    List<CimObject> components(CimClass type, String subType) {
        return host.vms().stream()
                .filter(each -> !each.isPlanned && each.state.isInMemory())
                .map(each -> new CimObject(type)
                        .with("CreationClassName", type.name())
                        .with("DeviceID", "Microsoft:" + each.id() + "\\" + subType)
                        .with("ElementName", type.name().replace("Msvm_", ""))
                        .with("EnabledDefault", 2L)
                        .with("EnabledState", 2L)
                        .with("HealthState", OK)
                        .with("OperationalStatus", List.of(status(type, each), 2L))
                        .with("RequestedState", 12L)
                        .with("StatusDescriptions", List.of(host.site().texts().text("ok")))
                        .with("SystemCreationClassName", "Msvm_ComputerSystem")
                        .with("SystemName", each.id()))
                .toList();
    }

    private long status(CimClass type, Vm vm) {
        return type.name().equals("Msvm_HeartbeatComponent") ? heartbeat(host, vm) : 2;
    }

    CimClass virtualization(String name) {
        return host.schema().get(Schema.VIRTUALIZATION, name);
    }
}
