package io.drover.hypervisor.hyperv;

import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.HostView;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hostsetup.SettingDifference;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads of a host what has to do with moves from and to it. */
final class HostExamination {
    private static final Duration STEP = Duration.ofMinutes(2);
    private static final CimNamespace DEVICE_GUARD = new CimNamespace("root/Microsoft/Windows/DeviceGuard");
    private static final int CREDENTIAL_GUARD = 1;
    private static final String NOBODY = "drover-is-it-reachable.vmcx";
    private static final String NO_FILE = "80070002";
    private static final String REALIZED = "Microsoft:Hyper-V:System:Realized";

    private static final CimQuery VMS = CimQuery.of(
            CimNamespace.VIRTUALIZATION,
            "SELECT InstanceID,ElementName,Version,VirtualSystemType FROM Msvm_VirtualSystemSettingData");

    private final HostCalls calls;
    private final HypervisorConfig.Hyperv config;

    HostExamination(HostCalls calls, HypervisorConfig.Hyperv config) {
        this.calls = calls;
        this.config = config;
    }

    /**
     * All of it.
     *
     * @throws HypervisorException if the host does not tell
     */
    HostView view(
            MigrationSettings settings,
            List<SettingDifference> differences,
            List<String> startingVms,
            Clock clock,
            Predicate<String> isReachable) {
        CimInstance computer = one("Win32_ComputerSystem");
        boolean isInDomain = computer.bool("PartOfDomain").orElse(true);
        List<String> listeners = new MigrationService(calls).addresses();
        List<CimInstance> vms = calls.list("the settings of VMs", VMS).stream()
                .filter(each -> each.text("VirtualSystemType").orElse("").equals(REALIZED))
                .toList();
        Connections connections = new Connections(calls, config.switches());
        return new HostView(
                config.address().getAuthority(),
                Capacity.fullName(computer).toLowerCase(Locale.ROOT),
                isInDomain ? computer.text("Domain").orElse("").toLowerCase(Locale.ROOT) : "",
                one("Win32_OperatingSystem").text("Version").orElse(""),
                one("Win32_Processor").text("Manufacturer").orElse(""),
                settings,
                differences,
                listeners,
                listeners.stream().filter(isReachable).toList(),
                connections.names(),
                usedSwitches(connections, vms),
                versions(vms),
                clockAhead(clock),
                hasCredentialGuard(),
                config.folders().stream()
                        .map(this::trouble)
                        .flatMap(Optional::stream)
                        .toList(),
                startingVms);
    }

    private CimInstance one(String type) {
        return calls.list(type, CimQuery.all(CimNamespace.CIMV2.cimClass(type))).stream()
                .findFirst()
                .orElseThrow(() -> Failures.exception("cannot read " + type, HypervProblem.NOT_FOUND, ""));
    }

    private static Map<String, String> versions(List<CimInstance> vms) {
        Map<String, String> versions = new HashMap<>();
        for (CimInstance each : vms) {
            each.text("Version")
                    .filter(version -> !version.isEmpty())
                    .ifPresent(version -> versions.put(each.text("ElementName").orElse(""), version));
        }
        return versions;
    }

    /** Names of the switches that VMs are connected to; neither checkpoints, nor planned VMs, nor cards without a switch. */
    private static Set<String> usedSwitches(Connections connections, List<CimInstance> vms) {
        Set<String> used = new HashSet<>(connections.ofAll(vms.stream()
                .map(each -> Inventory.guidOf(each.text("InstanceID").orElse("")))
                .collect(Collectors.toSet())));
        used.remove("");
        return used;
    }

    /** The host's clock against the middle of the question. */
    private Duration clockAhead(Clock clock) {
        Instant asked = clock.instant();
        Optional<Instant> told = one("Win32_OperatingSystem").instant("LocalDateTime");
        Duration took = Duration.between(asked, clock.instant());
        return told.map(each -> Duration.between(asked.plus(took.dividedBy(2)), each))
                .orElse(Duration.ZERO);
    }

    private Optional<Boolean> hasCredentialGuard() {
        try {
            return calls.listOrThrow(CimQuery.all(DEVICE_GUARD.cimClass("Win32_DeviceGuard"))).stream()
                    .findFirst()
                    .map(each -> each.uint16s("SecurityServicesRunning").contains(CREDENTIAL_GUARD));
        } catch (CimException e) {
            return Optional.empty(); // Older hosts have no such namespace, and nothing to say about it.
        }
    }

    /**
     * Whether the host reaches a folder, asked for by having it import a definition that is not there: its own service
     * looks, as it will for a failover, and which number it gives tells whether it came as far as the file. Nothing is
     * registered by it.
     */
    private Optional<String> trouble(String folder) {
        Verdict verdict;
        try {
            verdict = Verdict.of(
                    calls,
                    "cannot look into the folder " + folder,
                    CimInvocation.of(HostCalls.management(), "ImportSystemDefinition")
                            .text("SystemDefinitionFile", folder + "\\" + NOBODY)
                            .text("SnapshotFolder", folder)
                            .bool("GenerateNewSystemIdentifier", false)
                            .build(),
                    STEP);
        } catch (HypervisorException e) {
            return Optional.of("folder " + folder + ": " + e.getMessage());
        }
        if (verdict.failure().isEmpty()) {
            return Optional.of("folder " + folder + ": it holds " + NOBODY + ", which nobody should have put there");
        }
        HypervisorException failure = verdict.failure().get();
        boolean isFileMissing = failure.kind() == Kind.STORAGE_UNREACHABLE
                && verdict.words().toLowerCase(Locale.ROOT).contains(NO_FILE);
        return isFileMissing ? Optional.empty() : Optional.of("folder " + folder + ": " + failure.getMessage());
    }
}
