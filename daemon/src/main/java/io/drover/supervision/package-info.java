/** Programs of this installation that the agent keeps running in processes of their own. */
@NullMarked
package io.drover.supervision;

import org.jspecify.annotations.NullMarked;
