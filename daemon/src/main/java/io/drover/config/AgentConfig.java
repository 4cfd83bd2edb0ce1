package io.drover.config;

import io.drover.model.NodeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that one agent is told by its configuration file.
 *
 * @param cluster name of the cluster, the same on all its nodes
 * @param node this node's name
 * @param dataDirectory where the agent keeps what must survive it; nobody else uses it
 * @param grpc where operators and agents connect
 * @param advertisedGrpc the same, as others reach it
 * @param http where pages, metrics and health checks are served
 * @param advertisedHttp the same, as others reach it
 * @param zookeeper which coordination service
 * @param hypervisor which hypervisor; absent on a witness
 * @param memoryReserve bytes of the host's memory that VMs never get
 * @param probes the node's own health probes, the built-in ones included
 * @param fencing which devices can switch which node off
 * @param watchdog the timer that resets the host when its guard hangs; empty: none
 */
public record AgentConfig(
        String cluster,
        NodeId node,
        Path dataDirectory,
        HostPort grpc,
        HostPort advertisedGrpc,
        HostPort http,
        HostPort advertisedHttp,
        ZooKeeperConfig zookeeper,
        HypervisorConfig hypervisor,
        long memoryReserve,
        List<ProbeConfig> probes,
        FencingConfig fencing,
        Optional<WatchdogConfig> watchdog) {
    /** Addresses that stand for all of a machine: others cannot connect to them. */
    public static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

    /** Copies the list. */
    public AgentConfig {
        probes = List.copyOf(probes);
    }

    /** Whether it votes and runs no VMs. */
    public boolean isWitness() {
        return hypervisor instanceof HypervisorConfig.Absent;
    }
}
