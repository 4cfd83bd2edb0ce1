/**
 * What must be so after every step, whatever happens. Each promise is a class of its own and knows the truth, not what
 * anybody believes.
 */
@NullMarked
package io.drover.sim.checks;

import org.jspecify.annotations.NullMarked;
