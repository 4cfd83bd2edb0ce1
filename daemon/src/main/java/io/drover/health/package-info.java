/** The node's health probes: runs their checks on time, keeps a hanging one from the others, and tells of verdicts. */
@NullMarked
package io.drover.health;

import org.jspecify.annotations.NullMarked;
