package io.drover.sim.hyperv.host;

import java.util.List;

/**
 * What a host is made of.
 *
 * @param name without domain, in capitals
 * @param domain such as {@code drover.test}
 * @param memoryMib of the machine
 * @param numaNodes among which memory and processors are shared
 * @param logicalProcessors of all nodes
 * @param features of the processor, one bit each
 * @param migrationAddress of its listener for migrations
 * @param switches names of its virtual switches
 */
public record HostShape(
        String name,
        String domain,
        long memoryMib,
        int numaNodes,
        int logicalProcessors,
        long features,
        String migrationAddress,
        List<String> switches) {
    /** MiB that the host needs for itself. */
    public static final long OWN_MEMORY_MIB = 2048;

    /** Copies the list. */
    public HostShape {
        switches = List.copyOf(switches);
    }

    /** Name and domain, in lower case. */
    public String fqdn() {
        return name.toLowerCase(java.util.Locale.ROOT) + "." + domain;
    }

    /** Whether this text means the host. */
    public boolean isMeantBy(String text) {
        return text.equalsIgnoreCase(name) || text.equalsIgnoreCase(fqdn()) || text.equals(migrationAddress);
    }
}
