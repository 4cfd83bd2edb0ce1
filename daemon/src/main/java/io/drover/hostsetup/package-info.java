/**
 * What a Hyper-V host needs before its VMs can move, apart from any cluster: settings that are wanted and how a host
 * differs from them, what stands in the way of moves between hosts, and text for the people who may do the rest. Pure:
 * nothing here talks to a directory or a host.
 */
@NullMarked
package io.drover.hostsetup;

import org.jspecify.annotations.NullMarked;
