package io.drover.coordination.zookeeper;

import org.apache.zookeeper.KeeperException.Code;

/** What a transaction came to, as far as its answer tells. */
sealed interface MultiResult {
    /** It is stored. */
    record Applied() implements MultiResult {}

    /**
     * Nothing is changed.
     *
     * @param index the first operation that could not be done; -1 if the answer does not say which
     * @param code why
     */
    record Refused(int index, Code code) implements MultiResult {}

    /** It never left this process: nothing is changed. */
    record NotSent(String text) implements MultiResult {}

    /**
     * Its answer was lost: it may be stored, or may be stored yet.
     *
     * @param session the session that it was sent in
     */
    record Lost(SessionHandle session, Code code) implements MultiResult {}
}
