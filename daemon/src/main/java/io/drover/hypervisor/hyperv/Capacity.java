package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;

/** What the host is and has. What is free on its NUMA nodes is what VMs can have. */
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
     * @param networks names of switches that VMs may be connected to
     */
    HostFacts facts(long used, Collection<String> networks) {
        List<CimInstance> nodes = nodes();
        return new HostFacts(
                memoryFree(nodes) + used,
                (int) processors(nodes),
                // Which features a VM needs is only known for each VM; the host says so before every move.
                List.of("checked-by-hyper-v"),
                "hyperv",
                "hyperv/migration-service",
                List.copyOf(networks),
                version());
    }

    /**
     * What is free and how busy it is.
     *
     * @param busyProcessors processors that VMs keep busy
     */
    HostLoad load(double busyProcessors) {
        List<CimInstance> nodes = nodes();
        return new HostLoad(memoryFree(nodes), Math.min(1, busyProcessors / processors(nodes)));
    }

    private static long processors(List<CimInstance> nodes) {
        return Math.max(
                1,
                nodes.stream()
                        .mapToLong(
                                node -> node.uint32("NumberOfLogicalProcessors").orElse(0))
                        .sum());
    }

    private List<CimInstance> nodes() {
        return calls.list("the NUMA nodes of the host", CimQuery.all(HostCalls.type("Msvm_NumaNode")));
    }

    long memoryFree() {
        return memoryFree(nodes());
    }

    private static long memoryFree(List<CimInstance> nodes) {
        return nodes.stream().mapToLong(Capacity::free).sum();
    }

    private static long free(CimInstance node) {
        return node.uint64("CurrentlyConsumableMemoryBlocks").orElse(0) << MEBI;
    }

    /**
     * Bytes free on the largest NUMA node, if a VM of that size does not fit into it and the host forbids that memory spans
     * nodes; then only virtual NUMA nodes can help.
     */
    OptionalLong nodeTooSmallFor(long memory) {
        long largest = nodes().stream().mapToLong(Capacity::free).max().orElse(0);
        return memory <= largest || isSpanning() ? OptionalLong.empty() : OptionalLong.of(largest);
    }

    /** A host that does not say so is as it is delivered: memory may span nodes. */
    private boolean isSpanning() {
        return calls
                .list(
                        "the settings of Hyper-V",
                        CimQuery.all(HostCalls.type("Msvm_VirtualSystemManagementServiceSettingData")))
                .stream()
                .allMatch(each -> each.bool("NumaSpanningEnabled").orElse(true));
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
