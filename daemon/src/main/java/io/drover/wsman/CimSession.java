package io.drover.wsman;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Management objects of one host: read, listed, and called. All calls wait for their answer, fail with
 * {@link CimException} only, and end after the time that they are given, whatever the host does. Interrupting the
 * thread ends a call with {@link CimException.Kind#CANCELLED}, and the thread stays interrupted; {@link #close} ends
 * all of them so. For any thread.
 */
public interface CimSession extends AutoCloseable {
    /**
     * Reads an object.
     *
     * @param target which
     * @param within how long it may take, above 0
     * @throws CimException of kind {@link CimException.Kind#NOT_FOUND} if there is no such object
     */
    CimInstance get(CimReference target, Duration within);

    /**
     * Lists objects, giving each to the consumer as it comes, so that no more than a batch is in memory. If the consumer
     * throws, the listing ends and the exception goes on to the caller. Rows that were given before a failure are good,
     * but not all.
     *
     * @param within how long the whole listing may take, above 0
     */
    void enumerate(CimQuery query, Duration within, Consumer<? super CimInstance> each);

    /** Lists objects, all of them in memory: see {@link #enumerate(CimQuery, Duration, Consumer)}. */
    default List<CimInstance> enumerate(CimQuery query, Duration within) {
        List<CimInstance> rows = new ArrayList<>();
        enumerate(query, within, rows::add);
        return List.copyOf(rows);
    }

    /**
     * Lists pointers to objects rather than the objects.
     *
     * @param within how long the whole listing may take, above 0
     */
    List<CimReference> references(CimQuery query, Duration within);

    /**
     * Calls a method of an object. It is never repeated: after a failure, {@link CimException#isOutcomeUnknown} says
     * whether it may have been done.
     *
     * @param within how long it may take, above 0
     * @return what it gave back, also if the method refused
     */
    CimResult invoke(CimInvocation invocation, Duration within);

    /**
     * Asks who answers, with authentication.
     *
     * @param within how long it may take, above 0
     */
    CimIdentity identify(Duration within);

    /** Ends calls that are under way and lets go of the connections. */
    @Override
    void close();
}
