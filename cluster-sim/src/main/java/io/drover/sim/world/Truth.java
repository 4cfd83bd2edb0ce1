package io.drover.sim.world;

import io.drover.model.NodeId;
import io.drover.model.VmId;

/** Told of what really happens to guests, whatever anybody believes. */
public interface Truth {
    /**
     * A guest begins or ceases to execute on a host.
     *
     * @param isLate it begins by a call that had been decided upon long before: its process or the hypervisor hung in
     *     between, and no rule of a lease can keep it from that
     */
    void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate);

    /** A guest was not let execute, because another host has its disks open. */
    void refusedByLock(VmId vm, NodeId host, NodeId holder, String what, boolean isLate);

    /** A guest goes on from memory that was saved before its disks were last opened. */
    default void goesOnFromOldMemory(VmId vm, NodeId host) {}
}
