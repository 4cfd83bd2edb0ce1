/**
 * The JSON form of the wire messages, the same for the command and the pages. Knows only {@code proto} and Jackson, so
 * that the {@code cli} room may use it.
 */
@NullMarked
package io.drover.api.json;

import org.jspecify.annotations.NullMarked;
