package io.drover.hypervisor.hyperv;

import io.drover.hostsetup.SettingDifference;
import io.drover.hostsetup.WantedSettings;
import io.drover.hypervisor.HostFinding;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.HealthLevel;
import io.drover.model.VmId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is not as it should be at a host whose VMs are the cluster's. The number of calls does not grow with the VMs. */
final class HostInspection {
    private static final Logger LOG = LoggerFactory.getLogger(HostInspection.class);

    private final HostCalls calls;
    private final Inventory inventory;
    private final Power power;
    private final Optional<WantedSettings> wanted;

    /**
     * Of one host.
     *
     * @param wanted how it is to take part in migrations; empty: nobody says
     */
    HostInspection(HostCalls calls, Inventory inventory, Power power, Optional<WantedSettings> wanted) {
        this.calls = calls;
        this.inventory = inventory;
        this.power = power;
        this.wanted = wanted;
    }

    /** What differs from the wanted settings, and which clustered VMs the host would start by itself. */
    List<HostFinding> settings(Predicate<SystemFacts> clustered) {
        List<HostFinding> findings = new ArrayList<>();
        if (wanted.isPresent()) {
            for (SettingDifference each : wanted.get().differences(new MigrationServiceSettings(calls).read())) {
                findings.add(new HostFinding(HealthLevel.WARNING, "live migration: " + each.text()));
            }
        }
        findings.addAll(startActions(clustered));
        return findings;
    }

    /**
     * A VM that the host starts by itself may then run twice, and it may be a registration that is left of one that runs
     * elsewhere by now: so all that are here are looked at, and put right at once or told. One that is being moved or changed is
     * left for the next look.
     */
    private List<HostFinding> startActions(Predicate<SystemFacts> clustered) {
        Map<String, Integer> actions = power.startActions();
        List<HostFinding> findings = new ArrayList<>();
        for (SystemFacts each : inventory.systems()) {
            Optional<VmId> vm = HypervHypervisor.nameOf(each).filter(unused -> clustered.test(each));
            int action = actions.getOrDefault(each.guid(), 0);
            if (vm.isPresent() && action != Power.START_NOTHING && !each.isMigrating() && !each.isPassing()) {
                findings.add(putRight(vm.get(), each, action));
            }
        }
        return findings;
    }

    private HostFinding putRight(VmId vm, SystemFacts here, int action) {
        try {
            power.neverByItself(vm, here);
        } catch (HypervisorException e) {
            return new HostFinding(
                    HealthLevel.WARNING,
                    "the host would start VM '" + vm + "' itself (automatic start action " + word(action) + "): "
                            + e.getMessage());
        }
        LOG.warn("VM '{}': its automatic start action was {}, and has been set to nothing again", vm, word(action));
        return new HostFinding(
                HealthLevel.HEALTHY,
                "the automatic start action of VM '" + vm + "' was " + word(action) + ", and has been set to nothing");
    }

    private static String word(int action) {
        return switch (action) {
            case 3 -> "3 (start if it ran)";
            case 4 -> "4 (always start)";
            default -> Integer.toString(action);
        };
    }

    /** Which clustered VMs are ill, by the last listing of all: asks nobody. */
    List<HostFinding> guests(List<SystemFacts> listed, Predicate<SystemFacts> clustered) {
        return listed.stream()
                .filter(each -> !each.illness().isEmpty() && clustered.test(each))
                .map(each -> new HostFinding(HealthLevel.WARNING, "VM '" + each.name() + "': " + each.illness()))
                .toList();
    }
}
