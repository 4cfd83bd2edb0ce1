package io.drover.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is stored about a node.
 *
 * @param id its name
 * @param incarnation grows by one each time the node joins anew; 0 before it first joins
 * @param fencing whether this incarnation may still execute VMs
 * @param fencingProof by what the node counts as fenced; while it is being fenced, who asked for that, if somebody did;
 *     empty otherwise
 * @param mode what an operator wants of it
 * @param drainStatus how far its last drain has come
 * @param drainOperation the operation that drains or last drained it
 * @param voter counts for leases and quorum
 * @param faultDomain rack, chassis or site that it fails with; empty if unknown
 * @param reason why it is in this mode, in the words of whoever asked for it; empty if not given
 * @param actor who asked for it; empty if nobody did
 * @param departures when it was lost lately, oldest first; at most {@link #DEPARTURES_KEPT}
 * @param quarantinedUntil until when it may own no VMs since it came and went too often
 * @param witness it votes and runs no VMs
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
        String actor,
        List<Instant> departures,
        Optional<Instant> quarantinedUntil,
        boolean witness) {

    /** Departures that a record keeps. */
    public static final int DEPARTURES_KEPT = 20;

    /** Keeps the newest departures only. */
    public NodeRecord {
        int surplus = Math.max(0, departures.size() - DEPARTURES_KEPT);
        departures = List.copyOf(departures.subList(surplus, departures.size()));
    }

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
                "",
                List.of(),
                Optional.empty(),
                false);
    }

    /** A witness before it first joins. */
    public static NodeRecord unseenWitness(NodeId id) {
        NodeRecord plain = unseen(id, true);
        return new NodeRecord(
                id,
                0,
                plain.fencing(),
                "",
                plain.mode(),
                plain.drainStatus(),
                Optional.empty(),
                true,
                "",
                "",
                "",
                List.of(),
                Optional.empty(),
                true);
    }

    /**
     * The same node after it has joined anew. One whose host was shut down takes part again; its drain stays on record
     * until the coordinator has brought back what left it then.
     */
    public NodeRecord joined() {
        return new NodeRecord(
                id,
                incarnation + 1,
                FencingState.CLEAR,
                "",
                mode == NodeMode.LEAVING ? NodeMode.ACTIVE : mode,
                drainStatus,
                drainOperation,
                voter,
                faultDomain,
                reason,
                actor,
                departures,
                quarantinedUntil,
                witness);
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
                actor,
                departures,
                quarantinedUntil,
                witness);
    }

    /** The same node with its drain further on. */
    public NodeRecord withDrainStatus(DrainStatus drainStatus) {
        return withMode(mode, drainStatus, drainOperation, reason, actor);
    }

    /** The same node on its way to a proof that it executes nothing, or there. */
    public NodeRecord withFencing(FencingState fencing, String proof) {
        return new NodeRecord(
                id,
                incarnation,
                fencing,
                proof,
                mode,
                drainStatus,
                drainOperation,
                voter,
                faultDomain,
                reason,
                actor,
                departures,
                quarantinedUntil,
                witness);
    }

    /** The same node with one more departure. */
    public NodeRecord departed(Instant at) {
        List<Instant> more = new ArrayList<>(departures);
        more.add(at);
        return withQuarantine(more, quarantinedUntil);
    }

    /** The same node with other departures on record and in quarantine until a moment, or not. */
    public NodeRecord withQuarantine(List<Instant> departures, Optional<Instant> until) {
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
                actor,
                departures,
                until,
                witness);
    }

    /** The same node with its wish to vote. */
    public NodeRecord withVoter(boolean voter) {
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
                actor,
                departures,
                quarantinedUntil,
                witness);
    }
}
