/** The port over WMI v2 and WS-Management: the Hyper-V of one host. Nothing here branches on text that a host writes. */
@NullMarked
package io.drover.hypervisor.hyperv;

import org.jspecify.annotations.NullMarked;
