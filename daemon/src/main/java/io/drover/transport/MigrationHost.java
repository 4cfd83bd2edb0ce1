package io.drover.transport;

import io.drover.hypervisor.HostFacts;
import io.drover.model.ClusterSettings;
import io.drover.model.DiskSpec;
import io.drover.model.NodeId;
import java.util.Optional;

/** What migrations have to know of the node on which they take place. Safe for any thread. */
public interface MigrationHost {
    /** The node's name. */
    NodeId node();

    /** The node's present incarnation. */
    long incarnation();

    /** The cluster's present settings. */
    ClusterSettings settings();

    /** host:port of another node's gRPC services, as far as is known; empty if it has no session. */
    Optional<String> address(NodeId node);

    /** What the host is; from memory. */
    HostFacts facts();

    /** Why the node takes nothing new (paused, draining, unhealthy); empty if it does. */
    Optional<String> notAccepting();

    /** Whether the node holds its lease. */
    boolean isLeaseHeld();

    /**
     * Bytes that new guests could have, the node's reserve taken off and promises not. May block for a second.
     *
     * @throws io.drover.hypervisor.HypervisorException if the hypervisor cannot be asked
     */
    long memoryAvailable();

    /** Whether a disk can be reached from here. May block for some seconds. */
    boolean isReachable(DiskSpec disk);
}
