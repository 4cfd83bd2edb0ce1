package io.drover.hypervisor.hyperv;

import io.drover.hypervisor.HostFacts;
import io.drover.hypervisor.HostLoad;
import io.drover.hypervisor.HypervisorException;
import io.drover.wsman.CimInstance;
import io.drover.wsman.CimNamespace;
import io.drover.wsman.CimQuery;
import java.util.Collection;
import java.util.List;

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

    /** What is free, and what of it is on the NUMA node that has most. */
    Memory memory() {
        List<CimInstance> nodes = nodes();
        return new Memory(
                memoryFree(nodes),
                nodes.stream().mapToLong(Capacity::free).max().orElse(0));
    }

    /**
     * Bytes that VMs can have.
     *
     * @param free on all NUMA nodes
     * @param largestNode on the one that has most
     */
    record Memory(long free, long largestNode) {}

    private static long memoryFree(List<CimInstance> nodes) {
        return nodes.stream().mapToLong(Capacity::free).sum();
    }

    private static long free(CimInstance node) {
        return node.uint64("CurrentlyConsumableMemoryBlocks").orElse(0) << MEBI;
    }

    /** Whether memory of a VM may span NUMA nodes; a host that does not say so is as it is delivered, and it may. */
    boolean isSpanning() {
        return calls
                .list(
                        "the settings of Hyper-V",
                        CimQuery.all(HostCalls.type("Msvm_VirtualSystemManagementServiceSettingData")))
                .stream()
                .allMatch(each -> each.bool("NumaSpanningEnabled").orElse(true));
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
                .map(Capacity::fullName)
                .orElseThrow(Capacity::nameless);
    }

    /** The same by its Win32_ComputerSystem; in a workgroup, whose name stands where a domain would, it has no domain. */
    static String fullName(CimInstance computer) {
        String host = computer.text("DNSHostName").orElse("");
        if (host.isEmpty()) {
            throw nameless();
        }
        String domain = computer.bool("PartOfDomain").orElse(true)
                ? computer.text("Domain").orElse("")
                : "";
        return domain.isEmpty() ? host : host + "." + domain;
    }

    private static HypervisorException nameless() {
        return Failures.exception("the host does not say its name", HypervProblem.INVALID_CALL, "");
    }
}
