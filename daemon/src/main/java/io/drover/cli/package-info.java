/**
 * The {@code drover} command. A client of the agents like any other: it knows the wire and the libraries, and of the
 * other rooms only {@code io.drover.api.json}, the JSON form of the wire. The services that the same program runs are
 * reached through {@link io.drover.cli.Services}.
 */
@NullMarked
package io.drover.cli;

import org.jspecify.annotations.NullMarked;
