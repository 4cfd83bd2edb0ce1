package io.drover.hypervisor.hyperv;

import io.drover.wsman.CimInstance;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The network adapters that virtual switches lead to, and which of them have no link. An adapter is known by its interface
 * description, which the switch's external port bears as its name; that is how os-win, OpenStack's library, finds it.
 */
final class Uplinks {
    /** MediaConnectStateDisconnected of NET_IF_MEDIA_CONNECT_STATE; whatever else it may be counts as connected. */
    private static final int DISCONNECTED = 2;

    private static final CimQuery ADAPTERS = CimQuery.of(
            CimNamespace.STANDARD_CIMV2, "SELECT InterfaceDescription,MediaConnectState FROM MSFT_NetAdapter");
    private static final CimQuery PORTS =
            CimQuery.of(CimNamespace.VIRTUALIZATION, "SELECT DeviceID,ElementName FROM Msvm_ExternalEthernetPort");

    private final HostCalls calls;
    private final Map<String, String> down;

    /** Their state now. Asks for more than the adapters only if one of them has no link. */
    static Uplinks read(HostCalls calls) {
        Set<String> adapters = calls.list("the network adapters of the host", ADAPTERS).stream()
                .filter(each -> each.uint32("MediaConnectState").orElse(0) == DISCONNECTED)
                .map(each -> each.text("InterfaceDescription").orElse(""))
                .collect(Collectors.toCollection(TreeSet::new));
        Map<String, String> down = new TreeMap<>();
        if (!adapters.isEmpty()) {
            for (CimInstance each : calls.list("the external ports of the host", PORTS)) {
                String name = each.text("ElementName").orElse("");
                if (adapters.contains(name)) {
                    down.put(each.requiredText("DeviceID").toUpperCase(Locale.ROOT), name);
                }
            }
        }
        return new Uplinks(calls, down);
    }

    /** Nothing is known of them: none counts as without a link. */
    static Uplinks unknown(HostCalls calls) {
        return new Uplinks(calls, Map.of());
    }

    private Uplinks(HostCalls calls, Map<String, String> down) {
        this.calls = calls;
        this.down = Map.copyOf(down);
    }

    /**
     * Of one switch.
     *
     * @param adapters names of those without a link
     * @param isLost whether it has no other
     */
    record Loss(Set<String> adapters, boolean isLost) {
        static final Loss NONE = new Loss(Set.of(), false);
    }

    /** What a switch has lost; one that leads to no adapter has nothing to lose. */
    Loss lossOf(String switchId) {
        if (down.isEmpty()) {
            return Loss.NONE;
        }
        List<String> ports = calls.settings(Connections.CONNECTION, switchId).stream()
                .flatMap(each -> each.texts("HostResource").stream())
                .map(each -> each.toUpperCase(Locale.ROOT))
                .filter(each -> each.contains("MSVM_EXTERNALETHERNETPORT"))
                .toList();
        Set<String> lost = new TreeSet<>();
        long working = 0;
        for (String port : ports) {
            Set<String> names = down.entrySet().stream()
                    .filter(each -> port.contains(each.getKey()))
                    .map(Map.Entry::getValue)
                    .collect(Collectors.toSet());
            lost.addAll(names);
            working += names.isEmpty() ? 1 : 0;
        }
        return new Loss(lost, !lost.isEmpty() && working == 0);
    }
}
