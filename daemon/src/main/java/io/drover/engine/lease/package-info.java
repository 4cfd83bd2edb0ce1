/**
 * Granting and holding leases: a node may let its VMs execute while a majority of the voters promises that nobody takes
 * it over. Pure; every moment is a reading, in nanoseconds, of the monotonic clock of the node on which the code runs,
 * and no reading is ever compared with one of another node.
 *
 * <p>Why nothing runs twice, in short. A voter promises from the moment at which it <em>receives</em> a request; the node
 * counts from the moment at which it <em>sent</em> it, so its count ends first. Who wants the node's VMs has a majority
 * of the voters put on disk that they promise nothing more to that incarnation, and waits for the last promise of each
 * to end, and then for the hardest kill. Two majorities share a voter, so a promise that counts and a take-over cannot
 * be there at the same time.
 *
 * <p>docs/design/0009-formal-model.md names each of these rules, and what breaks without it; the model is {@code
 * io.drover.sim.model.LeaseRules}.
 */
@NullMarked
package io.drover.engine.lease;

import org.jspecify.annotations.NullMarked;
