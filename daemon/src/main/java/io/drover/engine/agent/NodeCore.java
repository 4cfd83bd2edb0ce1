package io.drover.engine.agent;

import io.drover.model.ClusterSettings;
import io.drover.model.LeaseState;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What one node does with its own VMs, for one incarnation: events in, decisions out. Production and the simulator run
 * the same one. Not safe for several threads; knows no clock but the time that comes with each event.
 */
public final class NodeCore {
    /** An answer that has not come by then is given up: what it was about is read or looked at again. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private final NodeId self;
    private final long incarnation;
    private final boolean isAtomic;

    /**
     * For one incarnation of one node. {@link NodeEvent.Started} comes first.
     *
     * @param isAtomic whether the hypervisors let a guest run at the target of a migration by themselves
     */
    public NodeCore(NodeId self, long incarnation, boolean isAtomic) {
        this.self = self;
        this.incarnation = incarnation;
        this.isAtomic = isAtomic;
    }

    @Override
    public String toString() {
        return "core of " + self + ", incarnation " + incarnation + (isAtomic ? ", atomic" : "");
    }

    /**
     * Takes an event.
     *
     * @param now by the agent's clock; never before that of an earlier event
     * @return what is to be done, in this order
     */
    public List<NodeDecision> on(NodeEvent event, Instant now) {
        return List.of();
    }

    /** When {@link NodeEvent.Tick} is due next; empty if nothing waits for time to pass. */
    public Optional<Instant> wakeAt() {
        return Optional.empty();
    }

    /** How the node stands to its lease, as last told. */
    public LeaseState lease() {
        return LeaseState.NONE;
    }

    /** Why the node may not receive a guest now; empty if it may. */
    public Optional<String> notReceiving() {
        return Optional.empty();
    }

    /** Whether the hypervisor has been looked at: before that, {@link #guests} says nothing. */
    public boolean hasLooked() {
        return false;
    }

    /** What is known of each guest on this host, in the order of names. */
    public Collection<SeenGuest> guests() {
        return List.of();
    }

    /** The newest record of a VM that this node knows of. */
    public Optional<SeenVm> record(VmId vm) {
        return Optional.empty();
    }

    /** What is wrong with a VM here; empty if nothing is. */
    public String trouble(VmId vm) {
        return "";
    }

    /** The cluster's settings, as last read. */
    public ClusterSettings settings() {
        return ClusterSettings.DEFAULTS;
    }
}
