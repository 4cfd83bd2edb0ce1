package io.drover.engine.placement;

import io.drover.model.HealthLevel;
import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.model.VmSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A node as placement sees it.
 *
 * @param id its name
 * @param closed why it takes no VMs at all; empty if it does
 * @param health its verdict
 * @param memoryTotal bytes
 * @param memoryFree bytes that VMs may still take, everything that is on its way there taken off; may be negative
 * @param vms those that it has or is to have, but for those that leave it
 * @param leaving those that move away and may still execute here
 * @param networks names of its virtual switches
 */
public record Host(
        NodeId id,
        Optional<String> closed,
        HealthLevel health,
        long memoryTotal,
        long memoryFree,
        Set<VmId> vms,
        Set<VmId> leaving,
        List<String> networks) {
    /** Copies the collections. */
    public Host {
        vms = Set.copyOf(vms);
        leaving = Set.copyOf(leaving);
        networks = List.copyOf(networks);
    }

    /** Number of VMs that it has or is to have. */
    public int guests() {
        return vms.size();
    }

    /** The same host once the VM has come. */
    public Host with(VmSpec vm) {
        Set<VmId> more = new HashSet<>(vms);
        more.add(vm.id());
        return new Host(id, closed, health, memoryTotal, memoryFree - vm.memory(), more, leaving, networks);
    }

    /** The same host once the VM has gone. */
    public Host without(VmSpec vm) {
        Set<VmId> fewer = new HashSet<>(vms);
        fewer.remove(vm.id());
        return new Host(id, closed, health, memoryTotal, memoryFree + vm.memory(), fewer, leaving, networks);
    }

    /** The same host while the VM moves away: it still takes its memory. */
    public Host leftBy(VmSpec vm) {
        Set<VmId> more = new HashSet<>(leaving);
        more.add(vm.id());
        return new Host(id, closed, health, memoryTotal, memoryFree, without(vm).vms(), more, networks);
    }

    /** The same host, closed if it was open. */
    public Host closedFor(String why) {
        return new Host(id, closed.or(() -> Optional.of(why)), health, memoryTotal, memoryFree, vms, leaving, networks);
    }
}
