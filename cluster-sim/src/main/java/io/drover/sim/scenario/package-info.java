/** Scenario files: what a cluster is, what happens to it, and what is expected of it in the end. */
@NullMarked
package io.drover.sim.scenario;

import org.jspecify.annotations.NullMarked;
