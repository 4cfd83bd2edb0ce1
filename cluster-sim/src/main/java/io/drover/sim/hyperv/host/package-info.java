/** What an emulated host does: virtual machines, jobs, migrations. */
@NullMarked
package io.drover.sim.hyperv.host;

import org.jspecify.annotations.NullMarked;
