/**
 * Fencing by a Redfish service: HTTPS to a baseboard controller that proves who it is, a session of its own for each
 * request, and a system that is acted on only after it has named itself.
 */
@NullMarked
package io.drover.fencing.redfish;

import org.jspecify.annotations.NullMarked;
