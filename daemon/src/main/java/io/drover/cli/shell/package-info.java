/** What surrounds a command: terminal, environment, exit codes, and how values are written on a command line. */
@NullMarked
package io.drover.cli.shell;

import org.jspecify.annotations.NullMarked;
