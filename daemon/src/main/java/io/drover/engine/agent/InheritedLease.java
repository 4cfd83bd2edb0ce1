package io.drover.engine.agent;

import java.time.Instant;

/**
 * What is left of the lease of this node's process, or incarnation, before this one. Guests that it left executing may
 * go on for a while, so that an agent that is merely restarted pauses nothing; nothing may begin to execute by it.
 *
 * @param pausesAt when they have to be paused
 * @param endsAt when nothing may execute any more
 * @param givesUpAt when the paused ones are turned off
 */
public record InheritedLease(Instant pausesAt, Instant endsAt, Instant givesUpAt) {}
