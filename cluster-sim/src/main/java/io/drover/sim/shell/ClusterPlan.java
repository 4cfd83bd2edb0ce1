package io.drover.sim.shell;

import io.drover.model.ClusterSettings;
import io.drover.model.NodeId;
import io.drover.model.VmSpec;
import java.util.List;
import java.util.Optional;

/**
 * The cluster at the beginning of a run.
 *
 * @param nodes in the order of their numbers
 * @param vms all clustered VMs
 * @param settings of the cluster
 * @param servers how many of the first nodes run a ZooKeeper server and vote; odd
 * @param driftPpm how far clocks run apart at the most
 * @param hasRegistrations whether a host that lives and has executed a VM last keeps others from starting it until it hands
 *     the registration over, as with Hyper-V
 */
public record ClusterPlan(
        List<Node> nodes, List<Vm> vms, ClusterSettings settings, int servers, int driftPpm, boolean hasRegistrations) {
    /** The same cluster of other nodes. */
    public ClusterPlan withNodes(List<Node> others) {
        return new ClusterPlan(others, vms, settings, servers, driftPpm, hasRegistrations);
    }

    /** The same cluster with other VMs. */
    public ClusterPlan withVms(List<Vm> others) {
        return new ClusterPlan(nodes, others, settings, servers, driftPpm, hasRegistrations);
    }

    /**
     * A node.
     *
     * @param memory bytes
     * @param isPowered whether it has power at the beginning; a node without has left the cluster in good order before
     * @param hasFencing whether it has a fencing device
     * @param isWitness whether it only votes
     */
    public record Node(NodeId id, long memory, int cpus, boolean isPowered, boolean hasFencing, boolean isWitness) {}

    /**
     * A VM.
     *
     * @param owner the node that has it, or had it last
     * @param isRunning whether it should run; it does so from the beginning if its owner has power
     */
    public record Vm(VmSpec spec, Optional<NodeId> owner, boolean isRunning) {}

    /** Copies the lists. */
    public ClusterPlan {
        nodes = List.copyOf(nodes);
        vms = List.copyOf(vms);
    }

    /** How many servers a cluster of so many nodes has: the first three, or five. */
    public static int usualServers(int nodes) {
        return nodes >= 5 ? 5 : nodes >= 3 ? 3 : 1;
    }
}
