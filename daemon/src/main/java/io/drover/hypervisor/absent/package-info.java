/** Of a witness: a machine without a hypervisor. */
@NullMarked
package io.drover.hypervisor.absent;

import org.jspecify.annotations.NullMarked;
