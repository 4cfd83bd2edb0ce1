package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HostFinding;
import io.drover.hypervisor.HypervisorException;
import io.drover.hypervisor.hyperv.Inventory.SystemFacts;
import io.drover.model.HealthLevel;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whether the virtual switches of the host work. Only what is documented as a failure of a switch counts as one, and that
 * none of its network adapters has a link; who is connected to it is asked for only then. So Windows clustering moves VMs
 * away from a host that has lost a protected network.
 */
final class SwitchHealth {
    private static final int OK = 2;
    private static final int MAJOR_FAILURE = 20;

    private static final CimQuery SWITCHES = CimQuery.of(
                    CimNamespace.VIRTUALIZATION,
                    "SELECT Name,ElementName,HealthState,OperationalStatus FROM Msvm_VirtualEthernetSwitch")
            .withBatch(200);

    private static final CimQuery CONNECTIONS = CimQuery.of(
                    CimNamespace.VIRTUALIZATION,
                    "SELECT InstanceID,HostResource FROM Msvm_EthernetPortAllocationSettingData")
            .withBatch(200);

    private final HostCalls calls;
    private final Inventory inventory;

    /**
     * Identifiers of switches that failed while VMs of the cluster used them. They count as used until they work again: a
     * node that is healthy as soon as its last VM has left would get them back.
     */
    private final Set<String> missed = new HashSet<>();

    SwitchHealth(HostCalls calls, Inventory inventory) {
        this.calls = calls;
        this.inventory = inventory;
    }

    /** What is wrong with switches: critical where VMs of the cluster need the one that failed. */
    synchronized List<HostFinding> look(Predicate<SystemFacts> clustered) {
        List<HostFinding> findings = new ArrayList<>();
        Uplinks uplinks = uplinks(findings);
        List<Switch> ill = calls.list("the switches of the host", SWITCHES).stream()
                .map(row -> Switch.of(row, uplinks))
                .filter(Switch::isIll)
                .toList();
        missed.retainAll(ill.stream().filter(Switch::isFailed).map(Switch::id).collect(Collectors.toSet()));
        if (ill.isEmpty()) {
            return findings;
        }
        Map<String, Set<String>> users = users(clustered);
        for (Switch each : ill) {
            Set<String> vms = users.entrySet().stream()
                    .filter(entry -> entry.getKey().contains(each.id()))
                    .flatMap(entry -> entry.getValue().stream())
                    .collect(Collectors.toCollection(TreeSet::new));
            findings.add(finding(each, vms));
        }
        return findings;
    }

    /** A host whose network adapters nobody can read is to say at least which of its switches have failed. */
    private Uplinks uplinks(List<HostFinding> findings) {
        try {
            return Uplinks.read(calls);
        } catch (HypervisorException e) {
            findings.add(new HostFinding(
                    HealthLevel.WARNING, "it is not known whether network adapters have a link: " + e.getMessage()));
            return Uplinks.unknown(calls);
        }
    }

    private HostFinding finding(Switch which, Set<String> vms) {
        if (which.isFailed() && !vms.isEmpty()) {
            missed.add(which.id());
        }
        boolean isNeeded = missed.contains(which.id());
        String users = vms.isEmpty()
                ? isNeeded ? "; the VMs that used it have left" : "; no VM of the cluster here uses it"
                : "; VMs that use it: " + String.join(", ", vms);
        return new HostFinding(isNeeded ? HealthLevel.CRITICAL : HealthLevel.WARNING, which.text() + users);
    }

    /** Names of clustered VMs of this host, by the path of the switch that they are connected to. */
    private Map<String, Set<String>> users(Predicate<SystemFacts> clustered) {
        Map<String, String> names = inventory.systems().stream()
                .filter(clustered)
                .collect(Collectors.toMap(SystemFacts::guid, SystemFacts::name));
        Map<String, Set<String>> users = new TreeMap<>();
        for (CimInstance row : calls.list("the connections of VMs", CONNECTIONS)) {
            String vm =
                    names.getOrDefault(Inventory.guidOf(row.text("InstanceID").orElse("")), "");
            if (!vm.isEmpty()) {
                row.texts("HostResource")
                        .forEach(path -> users.computeIfAbsent(path.toUpperCase(Locale.ROOT), unused -> new TreeSet<>())
                                .add(vm));
            }
        }
        return users;
    }

    /**
     * A switch.
     *
     * @param id its identifier, in capitals
     * @param name as people call it
     * @param health HealthState: 5 well, 20 and 25 failed
     * @param status the first OperationalStatus, 2 well; which others there are for switches is not documented
     * @param loss of its network adapters
     */
    private record Switch(String id, String name, int health, int status, Uplinks.Loss loss) {
        static Switch of(CimInstance row, Uplinks uplinks) {
            String id = row.requiredText("Name").toUpperCase(Locale.ROOT);
            return new Switch(
                    id,
                    row.text("ElementName").orElse(""),
                    row.uint16("HealthState").orElse(0),
                    row.uint16s("OperationalStatus").stream().findFirst().orElse(OK),
                    uplinks.lossOf(id));
        }

        boolean isFailed() {
            return health >= MAJOR_FAILURE || loss.isLost();
        }

        boolean isIll() {
            return isFailed() || status != OK || !loss.adapters().isEmpty();
        }

        String text() {
            if (health < MAJOR_FAILURE && !loss.adapters().isEmpty()) {
                return "switch '" + name + "' has " + (loss.isLost() ? "lost its network" : "another network adapter")
                        + ": no link at " + String.join(", ", loss.adapters());
            }
            String figures = " (HealthState " + health + ", OperationalStatus " + status + ")";
            return "switch '" + name + "' " + (isFailed() ? "has failed" : "is not well") + figures;
        }
    }
}
