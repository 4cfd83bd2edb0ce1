package io.drover.runtime.lease;

import java.time.Duration;

/**
 * What is left of the lease of an earlier process or incarnation, as times from now; negative if they are over.
 *
 * @param pausesIn until guests are to be paused
 * @param endsIn until nothing may execute
 * @param givesUpIn until paused guests are turned off
 */
public record InheritedTimes(Duration pausesIn, Duration endsIn, Duration givesUpIn) {}
