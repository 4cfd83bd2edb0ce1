package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HypervisorException;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimInvocation;
import io.drover.wsman.CimQuery;
import io.drover.wsman.CimReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Network cards of planned VMs that come from another host, and the switches of this one. */
final class Connections {
    private static final Duration STEP = Duration.ofMinutes(2);
    private static final int CONNECTED = 2;
    static final String CONNECTION = "Msvm_EthernetPortAllocationSettingData";

    private final HostCalls calls;
    private final Map<String, String> switches;

    /**
     * Of one host.
     *
     * @param switches switches to use where one of another name does not exist here
     */
    Connections(HostCalls calls, Map<String, String> switches) {
        this.calls = calls;
        this.switches = Map.copyOf(switches);
    }

    /** Names of switches that a VM may have been connected to elsewhere, for it to find one here. */
    Set<String> names() {
        Set<String> here = switchesHere().keySet();
        Set<String> names = new TreeSet<>(here);
        switches.forEach((there, own) -> {
            if (here.contains(own)) {
                names.add(there);
            }
        });
        return names;
    }

    /** Those that a specification asks for and this host cannot give. */
    Set<String> missing(VmSpec vm) {
        Set<String> missing = new TreeSet<>(vm.networks());
        if (!missing.isEmpty()) {
            missing.removeAll(names());
        }
        return missing;
    }

    /** Names of the switches that a VM of this host is connected to; a card that says of none counts as one without a name. */
    Set<String> of(String guid) {
        return switchesOf(connected(guid));
    }

    /** The same of several VMs, by their identifiers in capitals: with all connections of the host at once. */
    Set<String> ofAll(Set<String> guids) {
        return switchesOf(calls.list("the connections of VMs", CimQuery.all(HostCalls.type(CONNECTION))).stream()
                .filter(Connections::isConnected)
                .filter(each ->
                        guids.contains(Inventory.guidOf(each.text("InstanceID").orElse(""))))
                .toList());
    }

    /** By the switch that a connection leads to; by the name that is kept with it, if that switch is gone. */
    private Set<String> switchesOf(List<CimInstance> connections) {
        Map<String, CimReference> known = switchesHere();
        Set<String> names = new TreeSet<>();
        for (CimInstance each : connections) {
            names.add(known.entrySet().stream()
                    .filter(entry -> leadsTo(each, entry.getValue()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .or(() -> each.text("LastKnownSwitchName"))
                    .orElse(""));
        }
        return names;
    }

    private List<CimInstance> connected(String guid) {
        return calls.settings(CONNECTION, guid).stream()
                .filter(Connections::isConnected)
                .toList();
    }

    private static boolean isConnected(CimInstance connection) {
        return connection.uint16("EnabledState").orElse(CONNECTED) == CONNECTED;
    }

    /**
     * Connects the cards of a planned VM that lead to no switch of this host.
     *
     * @throws HypervisorException if no switch is known for one of them: nothing is changed then
     */
    void mend(VmId vm, String guid) {
        Map<String, CimReference> known = switchesHere();
        Map<String, CimReference> mended = new TreeMap<>();
        for (CimInstance each : connected(guid)) {
            if (known.values().stream().noneMatch(which -> leadsTo(each, which))) {
                String name = each.text("LastKnownSwitchName").orElse("");
                CimReference found = Optional.ofNullable(known.get(switches.getOrDefault(name, name)))
                        .orElseThrow(() -> noSwitch(vm, name));
                mended.put(each.requiredText("InstanceID"), found);
            }
        }
        if (!mended.isEmpty()) {
            connect(vm, guid, mended);
        }
    }

    private static HypervisorException noSwitch(VmId vm, String name) {
        return Failures.exception(
                "VM '" + vm + "' cannot be registered: no switch for '" + name + "'",
                HypervProblem.INCOMPATIBLE_SWITCH,
                "");
    }

    /** Writes connections, and reads them back: hosts have been seen to accept a setting and not to keep it. */
    private void connect(VmId vm, String guid, Map<String, CimReference> wanted) {
        String what = "cannot connect VM '" + vm + "' to the switches of this host";
        calls.run(
                what,
                CimInvocation.of(HostCalls.management(), "ModifyResourceSettings")
                        .instances(
                                "ResourceSettings",
                                wanted.entrySet().stream()
                                        .map(each -> MoveSettings.connection(
                                                each.getKey(), each.getValue().path(".")))
                                        .toList())
                        .build(),
                STEP);
        boolean isKept = calls.settings(CONNECTION, guid).stream()
                .allMatch(each -> Optional.ofNullable(wanted.get(each.requiredText("InstanceID")))
                        .map(which -> leadsTo(each, which))
                        .orElse(true));
        if (!isKept) {
            throw Failures.exception(what, HypervProblem.NOT_KEPT, "");
        }
    }

    /** Paths name the host in more than one way, but a switch always by its identifier. */
    private static boolean leadsTo(CimInstance connection, CimReference which) {
        String id = which.key("Name").orElseThrow().toUpperCase(Locale.ROOT);
        return connection.texts("HostResource").stream()
                .anyMatch(path -> path.toUpperCase(Locale.ROOT).contains(id));
    }

    private Map<String, CimReference> switchesHere() {
        Map<String, CimReference> all = new HashMap<>();
        for (CimInstance each :
                calls.list("the switches of the host", CimQuery.all(HostCalls.type("Msvm_VirtualEthernetSwitch")))) {
            all.put(each.text("ElementName").orElse(""), each.reference(List.of("CreationClassName", "Name")));
        }
        return all;
    }
}
