/** The commands about Hyper-V hosts: reaches the hosts, and puts what was found into the form of the command. */
@NullMarked
package io.drover.runtime.hostsetup;

import org.jspecify.annotations.NullMarked;
