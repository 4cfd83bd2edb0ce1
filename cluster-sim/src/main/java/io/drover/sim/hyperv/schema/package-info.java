/** Classes, properties and methods that an emulated host knows. */
@NullMarked
package io.drover.sim.hyperv.schema;

import org.jspecify.annotations.NullMarked;
