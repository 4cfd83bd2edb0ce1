package io.drover.wsman;

import java.time.Duration;

/**
 * What a session takes at most.
 *
 * @param connections at the same time; a call waits for one within its own time. From 1
 * @param connectTimeout for a connection, above 0
 * @param operationTimeout what the host is told to take for one request at most, above 0; hosts cap it at 60 s
 * @param envelopeBytes what the host is told of the size of an answer, from 8192
 * @param answerBytes of an answer that are read, from 1: hosts do not always keep to the envelope's size
 * @param depth of elements in an answer, from 1
 * @param elements in an answer, from 1
 */
public record WsmanLimits(
        int connections,
        Duration connectTimeout,
        Duration operationTimeout,
        int envelopeBytes,
        int answerBytes,
        int depth,
        int elements) {
    /** The usual ones. */
    public static final WsmanLimits USUAL =
            new WsmanLimits(4, Duration.ofSeconds(5), Duration.ofSeconds(60), 153_600, 4 << 20, 32, 100_000);

    /** Refuses limits that nothing fits into. */
    public WsmanLimits {
        if (connections < 1 || envelopeBytes < 8192 || answerBytes < 1 || depth < 1 || elements < 1) {
            throw new IllegalArgumentException("connections " + connections + ", envelopeBytes " + envelopeBytes
                    + ", answerBytes " + answerBytes + ", depth " + depth + ", elements " + elements
                    + " (expected: all from 1, envelopeBytes from 8192)");
        }
        if (connectTimeout.isNegative()
                || connectTimeout.isZero()
                || operationTimeout.isNegative()
                || operationTimeout.isZero()) {
            throw new IllegalArgumentException("connectTimeout " + connectTimeout + ", operationTimeout "
                    + operationTimeout + " (expected: > PT0S)");
        }
    }

    /** The same with another number of connections. */
    public WsmanLimits withConnections(int number) {
        return new WsmanLimits(number, connectTimeout, operationTimeout, envelopeBytes, answerBytes, depth, elements);
    }

    /** The same with another size of answers. */
    public WsmanLimits withAnswerBytes(int bytes) {
        return new WsmanLimits(connections, connectTimeout, operationTimeout, envelopeBytes, bytes, depth, elements);
    }
}
