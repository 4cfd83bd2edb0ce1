package io.drover.model;

import java.time.Instant;

/** A restart or failure of a VM on a node, and why. */
public record VmFailure(Instant at, NodeId node, String reason) {}
