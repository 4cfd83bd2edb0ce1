/**
 * The agent's pages for people, monitoring and load balancers: read-only, without a password, on a port of their own.
 * Served by the JDK's own HTTP server.
 */
@NullMarked
package io.drover.api.http;

import org.jspecify.annotations.NullMarked;
