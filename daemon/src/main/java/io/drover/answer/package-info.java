/** What others answer over the net: no larger than it may be, and fit for a line of ours. Used by whoever asks them. */
@NullMarked
package io.drover.answer;

import org.jspecify.annotations.NullMarked;
