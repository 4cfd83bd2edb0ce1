/**
 * The vocabulary: immutable records and enums that every room shares. It knows no other room.
 *
 * <p>All types are immutable and may be used by any thread. Durations, instants and byte counts are never negative.
 */
@NullMarked
package io.drover.model;

import org.jspecify.annotations.NullMarked;
