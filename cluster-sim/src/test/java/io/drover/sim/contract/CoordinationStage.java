package io.drover.sim.contract;

import io.drover.coordination.Coordination;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Where the promises of the coordination service are tried: three servers, ways to them that can be broken, and time. A
 * promise says what has to happen; only the stage knows whether that takes real time or virtual.
 */
interface CoordinationStage extends AutoCloseable {
    /** What a test that ends servers holds alone, as others may share the ensemble with it. */
    String SERVERS = "servers of the ensemble";

    /** A process of a node with a connection that has been made. A node may have several. */
    Link connect(String node);

    /** Lets time pass until something is so; fails when it is not within a bound. */
    void await(String what, BooleanSupplier condition);

    /** Lets about so much time pass as a session lives without its client. */
    void passASession();

    /** The servers, by number. */
    List<Integer> servers();

    /** The server that leads; empty while none does. */
    Optional<Integer> leader();

    /** Ends a server's process; what it has on its disk stays. */
    void stop(int server);

    /** Starts a server that was stopped. */
    void restart(int server);

    @Override
    void close();

    /** What gets lost between a node and the servers. */
    enum Cut {
        /** Everything. */
        BOTH_WAYS,
        /** What the node sends. */
        REQUESTS,
        /** What the servers send. */
        ANSWERS
    }

    /** A connection to the service, and the way to its servers. */
    interface Link {
        /** The connection. */
        Coordination coordination();

        /** From now on nothing gets through, and nobody is told. */
        void cut(Cut what);

        /** Everything gets through again. Connections that have lost something may be gone. */
        void mend();
    }
}
