/** What a command prints: tables, trees, progress. Turns messages into lines; decides nothing. */
@NullMarked
package io.drover.cli.output;

import org.jspecify.annotations.NullMarked;
