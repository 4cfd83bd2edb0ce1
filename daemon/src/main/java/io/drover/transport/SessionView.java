package io.drover.transport;

import io.drover.model.MoveProgress;
import io.drover.model.NodeId;
import io.drover.model.OperationId;
import io.drover.model.VmId;
import java.time.Instant;

/**
 * A migration in which this node takes part now.
 *
 * @param vm the VM
 * @param role this node's part
 * @param peer the other node
 * @param operation on whose behalf
 * @param attempt which try of the operation; from 1
 * @param state where this node's side stands, a word of the engine's state machine
 * @param progress how far the copy is
 * @param since when this side began, by the clock of this node; for people only
 */
public record SessionView(
        VmId vm,
        MigrationRole role,
        NodeId peer,
        OperationId operation,
        int attempt,
        String state,
        MoveProgress progress,
        Instant since) {}
