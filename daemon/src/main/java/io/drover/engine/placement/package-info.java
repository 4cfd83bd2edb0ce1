/** Where VMs go, and the independent checker of plans. Pure. */
@NullMarked
package io.drover.engine.placement;

import org.jspecify.annotations.NullMarked;
