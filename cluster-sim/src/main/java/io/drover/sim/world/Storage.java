package io.drover.sim.world;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The storage that all hosts share. A guest that executes, or is held with its memory in place, has its disks open, which
 * keeps every other host from opening them. The locks are the ground truth of who can execute what.
 */
public final class Storage {
    private final Map<VmId, NodeId> locks = new TreeMap<>();
    private final Map<VmId, NodeId> lastWriter = new TreeMap<>();
    private final Map<VmId, Integer> openings = new TreeMap<>();

    /** Storage that nobody has opened. */
    public Storage() {}

    /** Opens a VM's disks; false if another host has them open. */
    public boolean open(VmId vm, NodeId host) {
        NodeId holder = locks.get(vm);
        if (holder != null && !holder.equals(host)) {
            return false;
        }
        locks.put(vm, host);
        lastWriter.put(vm, host);
        openings.merge(vm, 1, Integer::sum);
        return true;
    }

    /** How often a VM's disks have been opened: with each time they may have changed. */
    int openings(VmId vm) {
        return openings.getOrDefault(vm, 0);
    }

    /** The memory that a host has of a VM from now on, if it has any, is the one that fits its disks. */
    void register(VmId vm, NodeId host) {
        lastWriter.put(vm, host);
    }

    /** Closes them; does nothing if this host has not opened them. */
    public void close(VmId vm, NodeId host) {
        locks.remove(vm, host);
    }

    /** Who has a VM's disks open. */
    public Optional<NodeId> holder(VmId vm) {
        return Optional.ofNullable(locks.get(vm));
    }

    /** Who had them open last: a copy of a guest's memory from before that no longer fits its disks. */
    public Optional<NodeId> lastWriter(VmId vm) {
        return Optional.ofNullable(lastWriter.get(vm));
    }
}
