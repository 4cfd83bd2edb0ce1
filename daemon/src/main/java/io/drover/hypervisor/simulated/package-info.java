/**
 * Guests that only pretend to run, for machines without a hypervisor. All that they are stands in files of a folder that
 * the simulated hosts of one machine share, so they survive their agents and move between them.
 */
@NullMarked
package io.drover.hypervisor.simulated;

import org.jspecify.annotations.NullMarked;
