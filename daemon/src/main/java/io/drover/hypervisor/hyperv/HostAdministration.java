package io.drover.hypervisor.hyperv;

import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.HostView;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hostsetup.Trial;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.GuestState;
import io.drover.model.VmId;
import io.drover.wsman.CimException;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Sets a host up for live migration without Windows clustering, and looks at what stands in the way: the steps of
 * Microsoft's "Set up hosts for live migration without Failover Clustering" that an administrator of the host may do.
 * For one thread at a time.
 */
public final class HostAdministration implements AutoCloseable {
    /** Where migrations arrive (Microsoft's troubleshooting guide of live migration). */
    public static final int MIGRATION_PORT = 6600;

    private static final Duration STEP = Duration.ofMinutes(2);
    private static final CimNamespace DEVICE_GUARD = new CimNamespace("root/Microsoft/Windows/DeviceGuard");
    private static final int CREDENTIAL_GUARD = 1;
    private static final String NOBODY = "drover-is-it-reachable.vmcx";
    private static final String NO_FILE = "80070002";

    private final String address;
    private final List<String> folders;
    private final HostCalls calls;
    private final MigrationServiceSettings settings;
    private final Inventory inventory;
    private final Power power;

    private HostAdministration(HypervisorConfig.Hyperv config) {
        this.address = config.address().getAuthority();
        this.folders = config.folders();
        this.calls = new HostCalls(HypervConnection.open(config));
        this.settings = new MigrationServiceSettings(calls);
        this.inventory = new Inventory(calls);
        this.power = new Power(calls, inventory);
    }

    /**
     * The host that a configuration names. Nothing is sent yet.
     *
     * @throws HypervisorException if the configuration's files cannot be read
     */
    public static HostAdministration of(HypervisorConfig.Hyperv config) {
        return new HostAdministration(config);
    }

    /**
     * How the host takes part in migrations.
     *
     * @throws HypervisorException if it does not tell
     */
    public MigrationSettings settings() {
        return settings.read();
    }

    /** Its name with its domain, in lower case. */
    public String fullName() {
        return new Capacity(calls).fullName().toLowerCase(Locale.ROOT);
    }

    /**
     * Asks for the settings that are wanted; what is so already is not touched. A host may accept one and not keep it:
     * {@link #settings} tells.
     *
     * @throws HypervisorException if the host refuses; a part may have been done
     */
    public void apply(WantedSettings wanted) {
        settings.write(wanted);
    }

    /**
     * Of clustered VMs, those that are here and that this host would start by itself.
     *
     * @param clustered names of the cluster's VMs
     */
    public List<String> startingVms(Set<String> clustered) {
        if (clustered.isEmpty()) {
            return List.of();
        }
        Map<String, Integer> actions = power.startActions();
        return inventory.systems().stream()
                .filter(each -> clustered.contains(each.name()))
                .filter(each -> actions.getOrDefault(each.guid(), 0) != Power.START_NOTHING)
                .map(SystemFacts::name)
                .sorted()
                .toList();
    }

    /**
     * Keeps a VM of this host from being started by the host itself.
     *
     * @throws HypervisorException if the host refuses, or has not kept what it agreed to
     */
    public void neverByItself(String name) {
        List<SystemFacts> found = inventory.systems().stream()
                .filter(each -> each.name().equals(name))
                .toList();
        for (SystemFacts each : found) {
            power.neverByItself(new VmId(name), each);
        }
    }

    /**
     * What there is to know about moves from and to this host.
     *
     * @param clock whose time the host's is compared with
     * @param isReachable whether an address is reached at {@link #MIGRATION_PORT} from here
     * @throws HypervisorException if the host does not tell
     */
    public HostView view(WantedSettings wanted, Set<String> clustered, Clock clock, Predicate<String> isReachable) {
        CimInstance computer = one("Win32_ComputerSystem");
        MigrationSettings now = settings.read();
        List<String> listeners = new MigrationService(calls).addresses();
        String domain = computer.text("Domain").orElse("").toLowerCase(Locale.ROOT);
        Capacity capacity = new Capacity(calls);
        return new HostView(
                address,
                capacity.fullName().toLowerCase(Locale.ROOT),
                domain,
                one("Win32_OperatingSystem").text("Version").orElse(""),
                one("Win32_Processor").text("Manufacturer").orElse(""),
                now,
                wanted.differences(now),
                listeners,
                listeners.stream().filter(isReachable).toList(),
                Set.copyOf(capacity.switches()),
                usedSwitches(),
                clockAhead(clock),
                hasCredentialGuard(),
                folders.stream().map(this::trouble).flatMap(Optional::stream).toList(),
                startingVms(clustered));
    }

    private CimInstance one(String type) {
        return calls.list(type, CimQuery.all(CimNamespace.CIMV2.cimClass(type))).stream()
                .findFirst()
                .orElseThrow(() -> Failures.exception("cannot read " + type, HypervProblem.NOT_FOUND, ""));
    }

    private Set<String> usedSwitches() {
        return calls
                .list("the connections of VMs", CimQuery.all(HostCalls.type("Msvm_EthernetPortAllocationSettingData")))
                .stream()
                .flatMap(each -> each.text("LastKnownSwitchName").stream())
                .filter(each -> !each.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
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
        try {
            calls.run(
                    "cannot look into the folder " + folder,
                    CimInvocation.of(HostCalls.management(), "ImportSystemDefinition")
                            .text("SystemDefinitionFile", folder + "\\" + NOBODY)
                            .text("SnapshotFolder", folder)
                            .bool("GenerateNewSystemIdentifier", false)
                            .build(),
                    STEP);
            return Optional.of("folder " + folder + ": it holds " + NOBODY + ", which nobody should have put there");
        } catch (HypervisorException e) {
            boolean isFileMissing = e.kind() == Kind.STORAGE_UNREACHABLE
                    && String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains(NO_FILE);
            return isFileMissing ? Optional.empty() : Optional.of("folder " + folder + ": " + e.getMessage());
        }
    }

    /**
     * Asks this host whether one of its VMs could move to another host. The other one is connected to for it, with the
     * credentials that a move would have.
     *
     * @param target full name of the other host
     */
    public Trial trial(String source, String target) {
        Optional<SystemFacts> vm = inventory.systems().stream()
                .filter(each -> each.hasMemory() || each.state() == GuestState.OFF)
                .min(Comparator.comparing((SystemFacts each) -> !each.hasMemory())
                        .thenComparing(SystemFacts::memory)
                        .thenComparing(SystemFacts::name));
        if (vm.isEmpty()) {
            return new Trial(source, target, Trial.Outcome.NOT_TRIED, "", "", "");
        }
        String name = vm.get().name();
        try {
            MoveRequest request = MoveRequest.plain(vm.get().guid(), Optional.of(new Endpoint(target, List.of())));
            HostCalls.JobEnd unused = calls.run(
                    "VM '" + name + "' could not move to " + target,
                    request.call("CheckVirtualSystemIsMigratable"),
                    STEP);
            return new Trial(source, target, Trial.Outcome.POSSIBLE, name, "", "");
        } catch (HypervisorException e) {
            String text = String.valueOf(e.getMessage());
            return new Trial(source, target, Trial.Outcome.IMPOSSIBLE, name, text, e.remedy());
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
