package io.drover.sim.world;

import io.drover.model.NodeId;
import io.drover.model.VmId;

/** Told of what really happens to guests, whatever anybody believes. */
public interface Truth {
    /** A guest begins or ceases to execute on a host. */
    void executes(VmId vm, NodeId host, boolean isExecuting, String why);

    /** A guest was not let execute, because another host has its disks open. */
    void refusedByLock(VmId vm, NodeId host, NodeId holder, String what);
}
