package io.drover.coordination;

import java.util.function.Consumer;

/** One connection to the coordination service. */
public interface Coordination extends AutoCloseable {
    /** The records. */
    RecordStore records();

    /** The contest for the leadership, as this node. */
    Election election();

    /** This node's place among the live ones. */
    Membership membership();

    /** Calls back with each change of the connection, on a thread of the adapter; first with the present state. */
    void onConnection(Consumer<Connection> listener);

    /** Ends the session and frees what it holds. */
    @Override
    void close();

    /** What is known of the connection. Only a hint. */
    enum Connection {
        /** The service answered lately. */
        CONNECTED,
        /** It did not; the session may still live. */
        SUSPENDED,
        /** The session has ended or must be taken to have. */
        LOST
    }
}
