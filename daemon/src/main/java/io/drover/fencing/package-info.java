/**
 * The port to the devices that supply nodes with power, and the levels in which the devices of a node are used.
 * Adapters live in rooms below and never know each other.
 *
 * <p>Nothing here decides that a node is fenced: the room asks and acts, the engine judges the answers. What it vouches
 * for is that an answer {@link io.drover.fencing.PowerReading.Power#OFF} was read from the devices meant, after it was
 * asked for.
 */
@NullMarked
package io.drover.fencing;

import org.jspecify.annotations.NullMarked;
