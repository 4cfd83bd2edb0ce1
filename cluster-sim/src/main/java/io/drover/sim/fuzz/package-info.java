/** Random histories: faults and commands from a seed, what must hold, and the search for the smallest history that fails. */
@NullMarked
package io.drover.sim.fuzz;

import org.jspecify.annotations.NullMarked;
