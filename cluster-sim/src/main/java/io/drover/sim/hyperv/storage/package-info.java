/** The folder that emulated hosts share, its locks, and what guests write to their disks. */
@NullMarked
package io.drover.sim.hyperv.storage;

import org.jspecify.annotations.NullMarked;
