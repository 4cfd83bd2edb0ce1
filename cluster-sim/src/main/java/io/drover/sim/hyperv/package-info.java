/** Emulated Hyper-V hosts: what the adapter for Hyper-V, and clients of other makers, are tested against. */
@NullMarked
package io.drover.sim.hyperv;

import org.jspecify.annotations.NullMarked;
