/**
 * Coordination through Apache ZooKeeper, by way of Apache Curator.
 *
 * <p>Everything that changes in these classes changes on one thread, the {@link
 * io.drover.coordination.zookeeper.AdapterThread}, which also calls the listeners back; it never blocks. Transactions
 * are never repeated blindly: one whose answer was lost is looked for by its write id.
 */
@NullMarked
package io.drover.coordination.zookeeper;

import org.jspecify.annotations.NullMarked;
