/** Fencing by any program that follows the contract of the fence-agents project: options in, an exit code out. */
@NullMarked
package io.drover.fencing.fenceagent;

import org.jspecify.annotations.NullMarked;
