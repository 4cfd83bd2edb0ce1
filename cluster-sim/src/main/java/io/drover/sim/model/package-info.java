/**
 * A formal model of leases, take-overs, migrations and changes of voters, and the search that explores all of it: guarded
 * commands over a few small variables ({@link io.drover.sim.model.Protocol}), every state that they reach, and for each
 * rule a {@link io.drover.sim.model.Mutant} that does without it. It describes {@code io.drover.engine.lease}, {@code
 * engine.coordinator} and {@code engine.migration}, and shares no code with them; docs/design/0009-formal-model.md says
 * what is in it and what is not.
 */
@NullMarked
package io.drover.sim.model;

import org.jspecify.annotations.NullMarked;
