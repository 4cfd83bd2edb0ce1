package io.drover.sim.hyperv.host;

import io.drover.sim.hyperv.repository.Ref;
import io.drover.sim.hyperv.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Identifiers of virtual switches: each host has its own for a switch of the same name. */
final class Switches {
    private Switches() {}

    static String id(String host, String name) {
        String seed = host.toUpperCase(Locale.ROOT) + "/" + name;
        return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8))
                .toString()
                .toUpperCase(Locale.ROOT);
    }

    /** Of the network adapter that a switch leads to. */
    static String uplink(String host, String name) {
        return "{" + id(host, name + "/uplink") + "}";
    }

    /** What that calls itself. */
    static String adapter(String name) {
        return "Ethernet Adapter of " + name;
    }

    static Ref ref(String host, String name) {
        return new Ref(
                Schema.VIRTUALIZATION,
                "Msvm_VirtualEthernetSwitch",
                new TreeMap<>(Map.of("CreationClassName", "Msvm_VirtualEthernetSwitch", "Name", id(host, name))));
    }
}
