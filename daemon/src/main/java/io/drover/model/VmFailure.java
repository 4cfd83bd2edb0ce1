package io.drover.model;

import java.time.Instant;

/**
 * A restart or failure of a VM on a node, and why.
 *
 * @param at when, by the node's clock
 * @param node where
 * @param reason why, in words
 * @param generation of the VM when it failed: failures of one stay on one node have the same; 0 if that is unknown
 */
public record VmFailure(Instant at, NodeId node, String reason, long generation) {
    /** A failure of which nobody noted the generation. */
    public VmFailure(Instant at, NodeId node, String reason) {
        this(at, node, reason, 0);
    }
}
