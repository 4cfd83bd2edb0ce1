/**
 * QEMU guests of this machine, each a process of its own that is spoken to by QMP on a Unix socket. A guest outlives the
 * agent: what it is stands in a folder of its own, and what it does is asked of its QEMU, never remembered.
 *
 * <p>Only for Linux.
 */
@NullMarked
package io.drover.hypervisor.qemu;

import org.jspecify.annotations.NullMarked;
