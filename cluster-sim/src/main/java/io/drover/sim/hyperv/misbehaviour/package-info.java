/** Ways in which hosts are known, or believed, to let a caller down. */
@NullMarked
package io.drover.sim.hyperv.misbehaviour;

import org.jspecify.annotations.NullMarked;
