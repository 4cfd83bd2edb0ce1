/** What one node does with its own VMs: claim, start, hand over, let go. Pure. */
@NullMarked
package io.drover.engine.agent;

import org.jspecify.annotations.NullMarked;
