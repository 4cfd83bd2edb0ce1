package io.drover.cli;

import io.drover.cli.shell.Surroundings;
import io.grpc.netty.shaded.io.netty.util.internal.logging.InternalLoggerFactory;
import io.grpc.netty.shaded.io.netty.util.internal.logging.JdkLoggerFactory;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the libraries of a client command quiet and quick: what goes wrong is told by the command itself, in its own
 * words, and neither a logging system nor a native transport is worth loading for one call.
 */
final class Quiet {
    // Held, because a logger that nobody holds is collected together with its level.
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private Quiet() {}

    /** Called before the first use of gRPC. The environment variable {@code DROVER_DEBUG} lets the libraries speak. */
    static void libraries(Surroundings surroundings) {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
        System.setProperty("io.grpc.netty.shaded.io.netty.transport.noNative", "true");
        if (surroundings.variable("DROVER_DEBUG").isEmpty()) {
            GRPC.setLevel(Level.OFF);
        }
    }
}
