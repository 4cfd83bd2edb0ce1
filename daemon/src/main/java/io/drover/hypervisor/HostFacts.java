package io.drover.hypervisor;

import java.util.List;

/**
 * What a host is.
 *
 * @param memory bytes that the hypervisor can give to guests
 * @param cpus logical processors
 * @param cpuFeatures processor features that guests may use, sorted
 * @param machine machine type or configuration version that guests get
 * @param transport hypervisor and transport of its migrations, for example {@code qemu/tcp}
 * @param networks names of its virtual switches
 * @param version version of the hypervisor
 */
public record HostFacts(
        long memory,
        int cpus,
        List<String> cpuFeatures,
        String machine,
        String transport,
        List<String> networks,
        String version) {
    /** Copies the lists. */
    public HostFacts {
        cpuFeatures = List.copyOf(cpuFeatures);
        networks = List.copyOf(networks);
    }
}
