package io.drover.model;

import java.time.Duration;

/**
 * The last renewal of a node's lease that a voter has seen, granted or not: a sign of life.
 *
 * @param node whose lease
 * @param incarnation in which it asked
 * @param age time since the voter received it, when the voter's report was made
 */
public record RenewalSeen(NodeId node, long incarnation, Duration age) {}
