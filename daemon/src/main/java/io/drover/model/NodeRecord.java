package io.drover.model;

import java.util.Optional;

/**
 * What is stored about a node.
 *
 * @param id its name
 * @param incarnation grows by one each time the node joins anew; 0 before it first joins
 * @param fencing whether this incarnation may still execute VMs
 * @param fencingProof by what the node counts as fenced; empty otherwise
 * @param mode what an operator wants of it
 * @param drainStatus how far its last drain has come
 * @param drainOperation the operation that drains or last drained it
 * @param voter counts for leases and quorum
 * @param faultDomain rack, chassis or site that it fails with; empty if unknown
 * @param reason why it is in this mode, in the words of whoever asked for it; empty if not given
 * @param actor who asked for it; empty if nobody did
 */
public record NodeRecord(
        NodeId id,
        long incarnation,
        FencingState fencing,
        String fencingProof,
        NodeMode mode,
        DrainStatus drainStatus,
        Optional<OperationId> drainOperation,
        boolean voter,
        String faultDomain,
        String reason,
        String actor) {

    /** A node before it first joins. */
    public static NodeRecord unseen(NodeId id, boolean voter) {
        return new NodeRecord(
                id,
                0,
                FencingState.CLEAR,
                "",
                NodeMode.ACTIVE,
                DrainStatus.NOT_INITIATED,
                Optional.empty(),
                voter,
                "",
                "",
                "");
    }

    /** The same node after it has joined anew. */
    public NodeRecord joined() {
        return new NodeRecord(
                id,
                incarnation + 1,
                FencingState.CLEAR,
                "",
                mode,
                drainStatus,
                drainOperation,
                voter,
                faultDomain,
                reason,
                actor);
    }

    /** The same node in another mode, as someone asked. */
    public NodeRecord withMode(
            NodeMode mode, DrainStatus drainStatus, Optional<OperationId> drainOperation, String reason, String actor) {
        return new NodeRecord(
                id,
                incarnation,
                fencing,
                fencingProof,
                mode,
                drainStatus,
                drainOperation,
                voter,
                faultDomain,
                reason,
                actor);
    }

    /** The same node with its drain further on. */
    public NodeRecord withDrainStatus(DrainStatus drainStatus) {
        return withMode(mode, drainStatus, drainOperation, reason, actor);
    }
}
