package io.drover.coordination;

import io.drover.model.NodeId;
import java.time.Instant;

/**
 * Who coordinates, and since when.
 *
 * @param number the epoch: it grows with each coordinator, and every write of a coordinator is conditional on it
 * @param coordinator the node that coordinates in it
 * @param since when it took over, by its own clock; for people only
 */
public record Epoch(long number, NodeId coordinator, Instant since) {}
