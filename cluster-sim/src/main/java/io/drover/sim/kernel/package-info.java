/**
 * Virtual time: what is to happen and when, chance from one seed, clocks that drift, and processes that freeze, die and
 * begin again. One thread; the same seed gives the same run.
 */
@NullMarked
package io.drover.sim.kernel;

import org.jspecify.annotations.NullMarked;
