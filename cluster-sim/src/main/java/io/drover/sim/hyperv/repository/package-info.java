/** Objects of an emulated host, their references and associations. */
@NullMarked
package io.drover.sim.hyperv.repository;

import org.jspecify.annotations.NullMarked;
