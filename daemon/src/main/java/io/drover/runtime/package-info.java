/** The shell: the single event loop, timers and wiring. The only room that knows all others. */
@NullMarked
package io.drover.runtime;

import org.jspecify.annotations.NullMarked;
