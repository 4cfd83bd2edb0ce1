package io.drover.sim.checks;

import io.drover.model.NodeId;
import io.drover.model.VmId;
import io.drover.sim.world.Ensemble;
import java.util.List;
import java.util.Optional;

/** Something that must be so after every step. */
interface Invariant {
    /** Its name in reports. */
    String name();

    /** A guest begins or ceases to execute. */
    default void executes(VmId vm, NodeId host, boolean isExecuting, String why, boolean isLate) {}

    /** A guest was not let execute, because another host has its disks open. */
    default void refusedByLock(VmId vm, NodeId host, NodeId holder, String what, boolean isLate) {}

    /** A transaction is stored. */
    default void committed(NodeId writer, Optional<Long> epoch, List<Ensemble.Changed> changed) {}

    /** Something has happened. */
    default void afterStep() {}
}
