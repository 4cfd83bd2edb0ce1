package io.drover.engine.placement;

import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.VmSpec;
import java.util.List;
import java.util.Optional;

/**
 * A node as placement sees it.
 *
 * @param id its name
 * @param closed why it takes no VMs at all; empty if it does
 * @param health its verdict
 * @param memoryTotal bytes
 * @param memoryFree bytes that VMs may still take, everything that is on its way there taken off; may be negative
 * @param guests number of VMs that it has or is to have
 * @param networks names of its virtual switches
 */
public record Host(
        NodeId id,
        Optional<String> closed,
        HealthLevel health,
        long memoryTotal,
        long memoryFree,
        int guests,
        List<String> networks) {
    /** Copies the list. */
    public Host {
        networks = List.copyOf(networks);
    }

    /** The same host, taking no VMs. */
    public Host closedBecause(String why) {
        return new Host(id, Optional.of(why), health, memoryTotal, memoryFree, guests, networks);
    }

    /** The same host once the VM has come. */
    public Host with(VmSpec vm) {
        return new Host(id, closed, health, memoryTotal, memoryFree - vm.memory(), guests + 1, networks);
    }

    /** The same host once the VM has gone. */
    public Host without(VmSpec vm) {
        return new Host(id, closed, health, memoryTotal, memoryFree + vm.memory(), guests - 1, networks);
    }
}
