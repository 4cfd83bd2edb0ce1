package io.drover.hypervisor.hyperv;

import io.drover.config.HypervisorConfig;
import io.drover.hostsetup.HostView;
import io.drover.hostsetup.MigrationSettings;
import io.drover.hostsetup.Trial;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.HypervisorException.Kind;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.VmId;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Sets a host up for live migration without Windows clustering, and looks at what stands in the way: the steps of
 * Microsoft's "Set up hosts for live migration without Failover Clustering" that an administrator of the host may do.
 * For one thread at a time.
 */
public final class HostAdministration implements AutoCloseable {
    /** Where migrations arrive (Microsoft's troubleshooting guide of live migration). */
    public static final int MIGRATION_PORT = 6600;

    private final HypervisorConfig.Hyperv config;
    private final HostCalls calls;
    private final MigrationServiceSettings settings;
    private final Inventory inventory;
    private final Power power;

    private HostAdministration(HypervisorConfig.Hyperv config) {
        this.config = config;
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
     * Keeps clustered VMs of this host from being started by the host itself: all that let themselves be set, whatever
     * becomes of others. A host that does not answer any more is not asked for the rest.
     *
     * @param clustered names of the cluster's VMs
     * @return why VMs were not set, one for each
     */
    public List<HypervisorException> neverByThemselves(Set<String> clustered) {
        List<HypervisorException> failures = new ArrayList<>();
        try {
            Set<String> starting = Set.copyOf(startingVms(clustered));
            for (SystemFacts each : starting.isEmpty() ? List.<SystemFacts>of() : inventory.systems()) {
                if (starting.contains(each.name()) && !neverByItself(each, failures)) {
                    break;
                }
            }
        } catch (HypervisorException e) {
            failures.add(e);
        }
        return failures;
    }

    /** Whether the host can be asked for more. */
    private boolean neverByItself(SystemFacts vm, List<HypervisorException> failures) {
        try {
            power.neverByItself(new VmId(vm.name()), vm);
            return true;
        } catch (HypervisorException e) {
            failures.add(e);
            return e.kind() != Kind.UNREACHABLE;
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
        MigrationSettings now = settings.read();
        return new HostExamination(calls, config)
                .view(now, wanted.differences(now), startingVms(clustered), clock, isReachable);
    }

    /**
     * Asks this host whether one of its VMs could move to another host; if a VM has something of its own against it, asks
     * for another one. Nothing is moved.
     *
     * @param source what was found of this host
     * @param target what was found of the other one
     * @return at the end what holds for the two hosts, before that what was against single VMs
     * @throws HypervisorException if this host cannot be asked
     */
    public List<Trial> trials(HostView source, HostView target) {
        return new MoveTrials(calls, inventory, source, target).run();
    }

    @Override
    public void close() {
        calls.close();
    }
}
