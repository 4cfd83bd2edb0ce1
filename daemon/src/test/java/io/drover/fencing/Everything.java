package io.drover.fencing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** All that is logged, at every level, and all that a test adds: the haystack in which no secret may be found. */
public final class Everything extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger drover = (Logger) LoggerFactory.getLogger("io.drover");
    private final Level rootBefore = root.getLevel();
    private final Level droverBefore = drover.getLevel();
    private final List<String> texts = new CopyOnWriteArrayList<>();

    /** Begins to collect. */
    public Everything() {
        setContext(root.getLoggerContext());
        root.setLevel(Level.TRACE);
        drover.setLevel(Level.TRACE);
        root.addAppender(this);
        start();
    }

    /** Adds a text. */
    public void add(Object text) {
        texts.add(String.valueOf(text));
    }

    /** Adds a failure with its causes, as a log would show it. */
    public void add(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        texts.add(text.toString());
    }

    /** All that there is so far. */
    public String text() {
        return String.join("\n", texts);
    }

    @Override
    protected void append(ILoggingEvent event) {
        texts.add(event.getFormattedMessage());
        IThrowableProxy failure = event.getThrowableProxy();
        if (failure != null) {
            texts.add(ThrowableProxyUtil.asString(failure));
        }
    }

    @Override
    public void close() {
        root.detachAppender(this);
        root.setLevel(rootBefore);
        drover.setLevel(droverBefore);
        stop();
    }
}
