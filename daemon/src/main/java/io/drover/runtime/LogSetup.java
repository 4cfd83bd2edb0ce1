package io.drover.runtime;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Sets up the log, in code: looking for XML files and reading one would cost a good part of the agent's time to start.
 * Found by Logback as a service. One line for each message goes to the standard error output, where service managers
 * take it; the standard output belongs to the commands' results.
 *
 * <p>{@code DROVER_LOG=json} writes each line as JSON; {@code DROVER_LOG_LEVEL} (error, warn, info, debug, trace; default
 * info) is the level of Drover's own messages.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
    /** Libraries whose messages are their own affair until something is wrong. */
    private static final Map<String, Level> LIBRARIES = Map.of(
            "org.apache.zookeeper", Level.WARN,
            "org.apache.curator", Level.WARN,
            "io.netty", Level.WARN,
            "io.grpc", Level.WARN,
            "io.grpc.netty.shaded", Level.WARN,
            // Several warnings with a stack trace for each attempt to connect, every second while the service is away.
            // The agent says once that the connection is lost and once that it is back.
            "org.apache.zookeeper.ClientCnxn", Level.ERROR,
            "org.apache.zookeeper.ClientCnxnSocket", Level.ERROR,
            "org.apache.zookeeper.ClientCnxnSocketNIO", Level.ERROR,
            // Errors with a stack trace for each operation that the missing service fails, and for each attempt to
            // connect: off, for the same reason. Whoever asked is told of the failure.
            "org.apache.curator.framework.imps.CuratorFrameworkImpl", Level.OFF,
            "org.apache.curator.ConnectionState", Level.OFF);

    private final Map<String, String> environment;

    /** Called by Logback. */
    public LogSetup() {
        this(System.getenv());
    }

    LogSetup(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public ExecutionStatus configure(LoggerContext logging) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(logging);
        console.setName("console");
        console.setTarget("System.err");
        console.setEncoder(encoder(logging));
        console.start();
        ch.qos.logback.classic.Logger root = logging.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(console);
        LIBRARIES.forEach((name, level) -> logging.getLogger(name).setLevel(level));
        Level own = Level.toLevel(environment.getOrDefault("DROVER_LOG_LEVEL", ""), Level.INFO);
        logging.getLogger("io.drover").setLevel(own);
        logging.getLogger("drover").setLevel(own);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private Encoder<ILoggingEvent> encoder(LoggerContext logging) {
        if ("json".equals(environment.get("DROVER_LOG"))) {
            JsonEncoder json = new JsonEncoder();
            json.setContext(logging);
            json.setWithFormattedMessage(true);
            json.setWithMessage(false);
            json.setWithArguments(false);
            json.setWithContext(false);
            json.setWithSequenceNumber(false);
            json.setWithNanoseconds(false);
            json.start();
            return json;
        }
        LogLine line = new LogLine();
        line.setContext(logging);
        line.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(logging);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(line);
        encoder.start();
        return encoder;
    }
}
