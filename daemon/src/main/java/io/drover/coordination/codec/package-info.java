/**
 * What is stored, as bytes: the model's records as the protobuf messages of {@code records.proto}, and back.
 *
 * <p>The mapping of single values is public because the wire uses the same messages. Two versions of Drover may run side
 * by side: a rewrite keeps the fields that this version does not know, and a reader refuses a higher schema.
 */
@NullMarked
package io.drover.coordination.codec;

import org.jspecify.annotations.NullMarked;
