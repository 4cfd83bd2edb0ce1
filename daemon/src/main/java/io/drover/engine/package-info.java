/** Everything that decides. Pure: same state and same input, same answer; no clock, thread, socket or library. */
@NullMarked
package io.drover.engine;

import org.jspecify.annotations.NullMarked;
