/**
 * The port to the coordination service: versioned records, leadership, membership. Adapters live in rooms below.
 *
 * <p>Nothing here decides. Watches and connection events are hints to read again, never facts.
 */
@NullMarked
package io.drover.coordination;

import org.jspecify.annotations.NullMarked;
