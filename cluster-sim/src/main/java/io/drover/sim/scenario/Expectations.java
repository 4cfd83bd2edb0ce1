package io.drover.sim.scenario;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is to be so at the end of a scenario.
 *
 * @param vms by VM
 * @param nodes the state of nodes, in words
 * @param fenced exactly these nodes have been proved dead; empty: not looked at
 * @param maxOutage by VM: the longest time that it may have stood still
 * @param separate groups of VMs of which no two are on one node
 * @param together groups of VMs that are all on one node
 */
public record Expectations(
        Map<VmId, OfVm> vms,
        Map<NodeId, String> nodes,
        Optional<Set<NodeId>> fenced,
        Map<VmId, Duration> maxOutage,
        List<List<VmId>> separate,
        List<List<VmId>> together) {
    /**
     * What is expected of one VM; what is empty is not looked at.
     *
     * @param nodes the nodes on which it may be
     * @param state in words
     * @param restarts times that it was started although it had run before
     * @param migrations times that it went on executing on another node
     */
    public record OfVm(Set<NodeId> nodes, Optional<String> state, OptionalInt restarts, OptionalInt migrations) {}

    /** Words for the state of a VM. */
    public static final List<String> VM_STATES = List.of(
            "running",
            "off",
            "failed",
            "waiting",
            "paused",
            "saved",
            "starting",
            "stopping",
            "migrating",
            "unmonitored");

    /** Words for the state of a node. */
    public static final List<String> NODE_STATES =
            List.of("joining", "up", "paused", "isolated", "quarantined", "down");

    /** Nothing is expected. */
    public static final Expectations NONE =
            new Expectations(Map.of(), Map.of(), Optional.empty(), Map.of(), List.of(), List.of());
}
