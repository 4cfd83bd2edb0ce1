/** The query language of WMI. */
@NullMarked
package io.drover.sim.hyperv.wql;

import org.jspecify.annotations.NullMarked;
