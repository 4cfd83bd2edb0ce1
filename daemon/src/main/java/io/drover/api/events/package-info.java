/** This node's events: kept on its own disk, numbered, and passed on to whoever follows them. */
@NullMarked
package io.drover.api.events;

import org.jspecify.annotations.NullMarked;
