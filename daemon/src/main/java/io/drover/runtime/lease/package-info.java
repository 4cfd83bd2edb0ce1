/**
 * Keeps this node's lease: on a thread of its own, whatever the event loop does, so that a busy agent holds on as an idle
 * one does.
 */
@NullMarked
package io.drover.runtime.lease;

import org.jspecify.annotations.NullMarked;
