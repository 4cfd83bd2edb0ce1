/**
 * What a cluster stands in, simulated: hosts with power, processes and disks; the network between them; the hypervisor of
 * each; the storage that they share, whose locks are the ground truth; fencing devices; and a ZooKeeper ensemble. It
 * misbehaves as its {@link io.drover.sim.world.Weather} says and as it is told. Nothing here decides anything for Drover.
 */
@NullMarked
package io.drover.sim.world;

import org.jspecify.annotations.NullMarked;
