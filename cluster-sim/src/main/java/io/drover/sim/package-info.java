/** The drover-sim command: observing, verifying and measuring real clusters. */
@NullMarked
package io.drover.sim;

import org.jspecify.annotations.NullMarked;
