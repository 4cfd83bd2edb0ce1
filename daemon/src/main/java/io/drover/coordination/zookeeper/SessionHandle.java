package io.drover.coordination.zookeeper;

import org.apache.zookeeper.ZooKeeper;

/**
 * One session, from its first connection to its end. Curator makes a new ZooKeeper object for each session, so two
 * handles of the same object are of the same session.
 */
record SessionHandle(ZooKeeper zookeeper) {
    boolean isSame(SessionHandle other) {
        return zookeeper == other.zookeeper;
    }
}
