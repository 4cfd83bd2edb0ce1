package io.drover.model;

import java.util.List;
import java.util.Optional;

/**
 * What an agent says of its node. Never stored.
 *
 * @param node its name
 * @param incarnation the incarnation that it joined with
 * @param sequence grows by one with each report of one incarnation
 * @param guests every guest that the hypervisor knows and the cluster owns
 * @param memoryTotal bytes
 * @param memoryAvailable bytes that VMs may take now, the reserve and promises taken off
 * @param cpus logical processors
 * @param cpuLoad 0 to 1
 * @param probes every probe's verdict
 * @param networks names of the virtual switches
 * @param version version of the agent
 * @param grpcAddress host:port of its gRPC services
 * @param httpAddress host:port of its HTTP pages
 * @param lease how it stands to its lease
 * @param votersVersion version of the set of voters that it knows; 0 if it knows none
 * @param renewals the last renewal of each node that it has seen as a voter
 * @param isLeaving its host shuts down
 */
public record NodeReport(
        NodeId node,
        long incarnation,
        long sequence,
        List<GuestReport> guests,
        long memoryTotal,
        long memoryAvailable,
        int cpus,
        double cpuLoad,
        List<ProbeStatus> probes,
        List<String> networks,
        String version,
        String grpcAddress,
        String httpAddress,
        LeaseState lease,
        long votersVersion,
        List<RenewalSeen> renewals,
        boolean isLeaving) {

    /** Copies the lists. */
    public NodeReport {
        guests = List.copyOf(guests);
        probes = List.copyOf(probes);
        networks = List.copyOf(networks);
        renewals = List.copyOf(renewals);
    }

    /** The worst of its probes. */
    public HealthLevel health() {
        return probes.stream().map(ProbeStatus::level).reduce(HealthLevel.HEALTHY, HealthLevel::worse);
    }

    /** What it says of one guest. */
    public Optional<GuestReport> guest(VmId vm) {
        return guests.stream().filter(guest -> guest.vm().equals(vm)).findFirst();
    }
}
