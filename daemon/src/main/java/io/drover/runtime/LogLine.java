package io.drover.runtime;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.event.KeyValuePair;

/**
 * A message as one line: {@code time level logger message key=value}. Time is local, with its offset. A line break in a
 * message is written as {@code \n}, so that nobody can write a line of the log by the name of a VM; only a stack trace
 * takes lines of its own.
 */
final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT)
            .withZone(ZoneId.systemDefault());
    private static final Pattern BARE = Pattern.compile("[^\\s\"=\\p{Cntrl}]+");

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(event.getInstant(), line);
        line.append(' ').append(padded(event.getLevel().toString()));
        line.append(' ').append(shortened(event.getLoggerName()));
        line.append(' ').append(oneLine(String.valueOf(event.getFormattedMessage())));
        Optional.ofNullable(event.getKeyValuePairs()).orElse(List.of()).forEach(pair -> append(pair, line));
        line.append('\n');
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            line.append(ThrowableProxyUtil.asString(thrown));
        }
        return line.toString();
    }

    private static void append(KeyValuePair pair, StringBuilder line) {
        String value = oneLine(String.valueOf(pair.value));
        line.append(' ').append(oneLine(String.valueOf(pair.key))).append('=');
        if (BARE.matcher(value).matches()) {
            line.append(value);
        } else {
            line.append('"').append(value.replace("\"", "\\\"")).append('"');
        }
    }

    private static String padded(String level) {
        return level.length() < 5 ? level + " " : level;
    }

    /** The class's own name: the packages say nothing to an operator. */
    private static String shortened(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    private static String oneLine(String text) {
        boolean plain = text.chars().noneMatch(Character::isISOControl);
        if (plain) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length() + 8);
        text.chars().forEach(c -> {
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append(' ');
                default -> line.append(Character.isISOControl(c) ? '?' : (char) c);
            }
        });
        return line.toString();
    }
}
