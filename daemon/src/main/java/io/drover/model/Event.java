package io.drover.model;

import java.time.Instant;

/**
 * A reason at a time and a place: one line of the cluster's history.
 *
 * @param at by the clock of the origin
 * @param origin the node that recorded it
 * @param sequence grows by one with each event of one origin since its agent was installed
 * @param reason what happened
 */
public record Event(Instant at, NodeId origin, long sequence, Reason reason) {}
