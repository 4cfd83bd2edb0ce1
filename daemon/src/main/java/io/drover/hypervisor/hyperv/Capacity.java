package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HostFacts;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.util.List;

/** What the host is and has. NUMA nodes are summed up; what is free on them is what VMs can have. */
final class Capacity {
    /** Blocks of memory are of one MiB. */
    private static final int MEBI = 20;

    private final HostCalls calls;

    Capacity(HostCalls calls) {
        this.calls = calls;
    }

    /**
     * What the host is.
     *
     * @param used bytes that VMs hold now; with what is free, it is what the host keeps for VMs
     */
    HostFacts facts(long used) {
        List<CimInstance> nodes = nodes();
        long cpus = nodes.stream()
                .mapToLong(node -> node.uint32("NumberOfLogicalProcessors").orElse(0))
                .sum();
        return new HostFacts(
                memoryFree(nodes) + used,
                (int) Math.max(1, cpus),
                // Which features a VM needs is only known for each VM; the host says so before every move.
                List.of("checked-by-hyper-v"),
                "hyperv",
                "hyperv/migration-service",
                switches(),
                version());
    }

    private List<CimInstance> nodes() {
        return calls.list("the NUMA nodes of the host", CimQuery.all(HostCalls.type("Msvm_NumaNode")));
    }

    long memoryFree() {
        return memoryFree(nodes());
    }

    private static long memoryFree(List<CimInstance> nodes) {
        return nodes.stream()
                        .mapToLong(node ->
                                node.uint64("CurrentlyConsumableMemoryBlocks").orElse(0))
                        .sum()
                << MEBI;
    }

    List<String> switches() {
        return calls
                .list("the switches of the host", CimQuery.all(HostCalls.type("Msvm_VirtualEthernetSwitch")))
                .stream()
                .map(each -> each.text("ElementName").orElse(""))
                .sorted()
                .toList();
    }

    private String version() {
        return calls
                .list(
                        "the host's version of Windows",
                        CimQuery.all(CimNamespace.CIMV2.cimClass("Win32_OperatingSystem")))
                .stream()
                .findFirst()
                .flatMap(each -> each.text("Version"))
                .map(version -> "Hyper-V " + version)
                .orElse("Hyper-V");
    }

    /** Full name of the host. */
    String fullName() {
        return calls.list("the host's name", CimQuery.all(CimNamespace.CIMV2.cimClass("Win32_ComputerSystem"))).stream()
                .findFirst()
                .map(each -> each.text("DNSHostName").orElse("")
                        + each.text("Domain")
                                .filter(domain -> !domain.isEmpty())
                                .map(domain -> "." + domain)
                                .orElse(""))
                .filter(name -> !name.isEmpty() && !name.startsWith("."))
                .orElseThrow(
                        () -> Failures.exception("the host does not say its name", HypervProblem.INVALID_CALL, ""));
    }
}
