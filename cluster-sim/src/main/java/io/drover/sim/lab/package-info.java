/** Real agents as processes, and the ground truth that their guests write. */
@NullMarked
package io.drover.sim.lab;

import org.jspecify.annotations.NullMarked;
