/** A whole cluster on this machine, each node a process of its own, for trying Drover out. */
@NullMarked
package io.drover.cli.local;

import org.jspecify.annotations.NullMarked;
