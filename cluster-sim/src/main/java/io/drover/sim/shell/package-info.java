/**
 * The shell of each simulated node: thin, and around the same deciding rooms as in production. It carries decisions out
 * in the simulated world and turns what comes back into the next event.
 */
@NullMarked
package io.drover.sim.shell;

import org.jspecify.annotations.NullMarked;
