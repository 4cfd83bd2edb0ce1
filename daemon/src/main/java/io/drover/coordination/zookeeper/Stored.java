package io.drover.coordination.zookeeper;

import org.apache.zookeeper.data.Stat;

/**
 * What lies at a path.
 *
 * @param bytes as stored; not to be changed
 * @param stat its version and its owner
 */
// Never compared: the bytes only pass through.
@SuppressWarnings("ArrayRecordComponent")
record Stored(byte[] bytes, Stat stat) {}
