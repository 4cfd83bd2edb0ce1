package io.drover.sim.world;

import org.jspecify.annotations.Nullable;

/**
 * What a record said from one transaction on.
 *
 * @param zxid number of the transaction
 * @param value what it says; null: it is gone
 * @param version of the record: 0 when it is made, and one more with each write
 * @param writeId of the transaction, given by its writer
 * @param owner the session with which it ends; 0: none
 */
record Stamp(long zxid, @Nullable Object value, int version, long writeId, long owner) {}
