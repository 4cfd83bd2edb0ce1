package io.drover.engine.coordinator;

import io.drover.model.NodeId;
import io.drover.model.VmId;

/** What becomes of a try to move a VM live. */
@FunctionalInterface
interface MoveScript {
    /** How a try ends. */
    enum End {
        /** The guest arrives. */
        ARRIVES,
        /** The target refuses at once; it may take it another time. */
        BUSY,
        /** The target refuses at once, and would again. */
        REFUSES,
        /** The copy breaks off on its way. */
        BREAKS,
        /** The guest is on neither host in the end. */
        VANISHES,
        /** The copy goes on until it is cancelled. */
        HANGS
    }

    /** How this try ends. */
    End end(VmId vm, NodeId source, NodeId target, int attempt);
}
