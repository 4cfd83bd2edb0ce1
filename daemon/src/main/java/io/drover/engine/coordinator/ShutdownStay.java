package io.drover.engine.coordinator;

import io.drover.model.FencingState;
import io.drover.model.NodeRecord;
import io.drover.model.ShutdownPolicy;
import io.drover.model.VmRecord;

/** Which VMs wait for their node while its host is shut down. */
final class ShutdownStay {
    private ShutdownStay() {}

    /**
     * Whether a VM stays with a node that has left, to start there again when its host returns.
     *
     * @param node as it is on record; fenced or left
     * @param vm that it owns
     */
    static boolean staysWith(ClusterView view, NodeRecord node, VmRecord vm) {
        return node.fencing() == FencingState.LEFT
                && view.settings().failover().shutdownPolicy() == ShutdownPolicy.FREEZE
                && !vm.failed();
    }
}
