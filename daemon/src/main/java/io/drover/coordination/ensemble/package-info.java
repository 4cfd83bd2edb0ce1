/**
 * The cluster's own ZooKeeper ensemble: a server in a process of its own, and the agent's care for that process.
 *
 * <p>ZooKeeper advises against server and client in one process, and ends its process when its disk fails; an agent must
 * not end with it.
 */
@NullMarked
package io.drover.coordination.ensemble;

import org.jspecify.annotations.NullMarked;
