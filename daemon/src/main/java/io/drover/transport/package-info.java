/**
 * gRPC between agents: the channels that they share, and the migration sessions, which run the engine's machines over
 * the ports. What is decided is decided in the engine; here is only how it travels.
 */
@NullMarked
package io.drover.transport;

import org.jspecify.annotations.NullMarked;
