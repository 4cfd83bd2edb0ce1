/** The adapter of Hyper-V against emulated hosts. */
@NullMarked
package io.drover.sim.hypervadapter;

import org.jspecify.annotations.NullMarked;
