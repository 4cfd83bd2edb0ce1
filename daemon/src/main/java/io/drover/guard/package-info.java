/**
 * The guard: a small process that holds an agent's guests to the end of its lease when the agent does not. It knows
 * nothing of the cluster; it is given moments, and acts on them.
 */
@NullMarked
package io.drover.guard;

import org.jspecify.annotations.NullMarked;
