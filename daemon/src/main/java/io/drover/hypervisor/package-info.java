/**
 * The port to one host's hypervisor. Adapters live in rooms below and never know each other.
 *
 * <p>Nothing here decides who may execute a VM: callers act only as the records allow.
 */
@NullMarked
package io.drover.hypervisor;

import org.jspecify.annotations.NullMarked;
