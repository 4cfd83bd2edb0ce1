/** What the leader decides: node states, operations, evacuation, starts. Pure. */
@NullMarked
package io.drover.engine.coordinator;

import org.jspecify.annotations.NullMarked;
