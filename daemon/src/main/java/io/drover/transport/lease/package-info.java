/**
 * Leases between agents: a voter with its disk, the service that nodes and the coordinator call, and the calls.
 *
 * <p>Nothing here waits for the event loop: a busy agent renews and answers as an idle one does.
 */
@NullMarked
package io.drover.transport.lease;

import org.jspecify.annotations.NullMarked;
