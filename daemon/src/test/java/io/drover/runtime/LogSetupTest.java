package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.BasicMDCAdapter;

class LogSetupTest {
    private final LoggerContext logging = new LoggerContext();

    LogSetupTest() {
        logging.setMDCAdapter(new BasicMDCAdapter());
    }

    @Test
    void logbackFindsItByItself() {
        assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(LogSetup.class);

        LoggerContext used = (LoggerContext) LoggerFactory.getILoggerFactory();
        assertThat(used.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("console"))
                .isInstanceOfSatisfying(
                        ConsoleAppender.class,
                        console -> assertThat(console.getTarget()).isEqualTo("System.err"));
    }

    @Test
    void lineIsTimeLevelLoggerMessageAndKeyValues() {
        configure(Map.of());

        String line = encoded(() -> logging.getLogger("io.drover.runtime.Agent")
                .atInfo()
                .addKeyValue("node", "hv3")
                .addKeyValue("from", "UP")
                .addKeyValue("why", "no \"heartbeat\" for 5.2 s")
                .log("node hv3: {} -> {}", "UP", "DOWN"));

        assertThat(line)
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d\\d:\\d\\d INFO  Agent "
                        + "node hv3: UP -> DOWN node=hv3 from=UP why=\"no \\\\\"heartbeat\\\\\" for 5\\.2 s\"\n");
    }

    @Test
    void nobodyCanForgeALineByABreakInAMessage() {
        configure(Map.of());

        String line = encoded(() ->
                logging.getLogger("x").atWarn().addKeyValue("k", "a\nb").log("vm {}", "a\r\n2026 INFO fine\u001b[0m"));

        assertThat(line)
                .endsWith("WARN  x vm a\\r\\n2026 INFO fine?[0m k=a\\nb\n")
                .hasLineCount(1);
    }

    @Test
    void stackTraceFollowsItsLine() {
        configure(Map.of());

        String text = encoded(() -> logging.getLogger("x").error("it failed", new IllegalStateException("because")));

        assertThat(text.lines()).element(0).asString().endsWith("ERROR x it failed");
        assertThat(text.lines()).element(1).asString().isEqualTo("java.lang.IllegalStateException: because");
    }

    @Test
    void jsonIsOneObjectForEachLineWithItsKeyValues() throws IOException {
        configure(Map.of("DROVER_LOG", "json"));

        String line = encoded(() -> logging.getLogger("io.drover.X")
                .atInfo()
                .addKeyValue("epoch", 12)
                .log("took leadership of {}", "a"));

        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.get("level").asText()).isEqualTo("INFO");
        assertThat(json.get("loggerName").asText()).isEqualTo("io.drover.X");
        assertThat(json.get("formattedMessage").asText()).isEqualTo("took leadership of a");
        assertThat(json.get("kvpList").get(0).get("epoch").asText()).isEqualTo("12");
        assertThat(line).endsWith("\n").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "io.drover.runtime.Agent, INFO",
        "drover, INFO",
        "org.apache.zookeeper.server.quorum.QuorumPeer, WARN",
        "org.apache.zookeeper.ClientCnxn, ERROR",
        "org.apache.curator.framework.recipes.leader.LeaderLatch, WARN",
        "org.apache.curator.ConnectionState, OFF",
        "io.grpc.netty.shaded.io.netty.util.Recycler, WARN",
        "anything.else, INFO",
    })
    void librariesAreQuietUntilSomethingIsWrong(String logger, String level) {
        configure(Map.of());

        assertThat(logging.getLogger(logger).getEffectiveLevel()).isEqualTo(Level.valueOf(level));
    }

    @Test
    void levelOfOwnMessagesIsTakenFromTheEnvironment() {
        configure(Map.of("DROVER_LOG_LEVEL", "debug"));
        assertThat(logging.getLogger("io.drover.x").getEffectiveLevel()).isEqualTo(Level.DEBUG);
        assertThat(logging.getLogger("org.apache.zookeeper").getEffectiveLevel())
                .isEqualTo(Level.WARN);

        configure(Map.of("DROVER_LOG_LEVEL", "nonsense"));
        assertThat(logging.getLogger("io.drover.x").getEffectiveLevel()).isEqualTo(Level.INFO);
    }

    private void configure(Map<String, String> environment) {
        logging.reset();
        new LogSetup(environment).configure(logging);
    }

    /** What the console's encoder makes of the one message that is logged. */
    private String encoded(Runnable log) {
        var root = logging.getLogger(Logger.ROOT_LOGGER_NAME);
        var console = (OutputStreamAppender<ILoggingEvent>) root.getAppender("console");
        root.detachAppender(console);
        ListAppender<ILoggingEvent> list = new ListAppender<>();
        list.setContext(logging);
        list.start();
        root.addAppender(list);
        log.run();
        assertThat(list.list).hasSize(1);
        assertThat(console.getEncoder() instanceof JsonEncoder || console.isStarted())
                .isTrue();
        return new String(console.getEncoder().encode(list.list.get(0)), StandardCharsets.UTF_8);
    }
}
