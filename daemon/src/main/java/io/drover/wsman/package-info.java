/**
 * A client of WS-Management for Windows' management objects (CIM): {@link io.drover.wsman.CimSession} is the port,
 * {@link io.drover.wsman.WsmanSession} the port over HTTP. The room knows nothing of hypervisors, clusters or Drover.
 */
@NullMarked
package io.drover.wsman;

import org.jspecify.annotations.NullMarked;
