/** WS-Management as a Windows host speaks it: strict in what it takes, exact in what it gives. */
@NullMarked
package io.drover.sim.hyperv.wire;

import org.jspecify.annotations.NullMarked;
