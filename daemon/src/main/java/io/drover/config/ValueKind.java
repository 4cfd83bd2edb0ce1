package io.drover.config;

import io.drover.model.NodeId;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A kind of value in the file. Every value is read from its text by the key's kind, never by what YAML takes the text
 * for: a node named {@code no} or {@code 1e3} keeps its name.
 *
 * @param expected what would be right, for messages
 * @param standIn a value of the kind, used after a mistake so that reading can go on to the next one
 * @param reader reads the text; its {@link IllegalArgumentException} says what is wrong with it
 */
public record ValueKind<T>(String expected, T standIn, Function<String, T> reader) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final String NAME_EXPECTED = "1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit";

    /** Any text. */
    public static final ValueKind<String> TEXT = new ValueKind<>("text", "", Function.identity());

    /** The name or path of a program. */
    static final ValueKind<String> PROGRAM = new ValueKind<>("a program", "", text -> {
        if (text.isBlank()) {
            throw new IllegalArgumentException("is empty");
        }
        return text;
    });

    /** A name that can stand in a path, a file name and a metric label. */
    public static final ValueKind<String> NAME_TEXT = new ValueKind<>(NAME_EXPECTED, "x", ValueKind::name);

    /** The name of a node. */
    public static final ValueKind<NodeId> NODE =
            new ValueKind<>(NAME_EXPECTED, new NodeId("x"), text -> new NodeId(name(text)));

    /** A host and its port; port 0 stands for any free one. */
    static final ValueKind<HostPort> HOST_PORT =
            new ValueKind<>(HostPortText.EXPECTED, new HostPort("x", 0), HostPortText::parse);

    /** true or false. */
    public static final ValueKind<Boolean> TRUTH = new ValueKind<>("true or false", false, ValueKind::truth);

    /** A share from 0% to 100%, as 0 to 1. */
    static final ValueKind<Double> SHARE =
            new ValueKind<>("a share from 0% to 100%, such as 10%", 0.0, ValueKind::share);

    /** A whole number within bounds, both included. */
    public static ValueKind<Integer> integer(int least, int most) {
        String expected = "a whole number from " + least + " to " + most;
        return new ValueKind<>(expected, least, text -> {
            int number = parseInteger(text);
            checkRange(number >= least && number <= most, text);
            return number;
        });
    }

    /** A TCP port; the stand-in is 0, which is none. */
    static ValueKind<Integer> port() {
        ValueKind<Integer> number = integer(1, 65535);
        return new ValueKind<>(number.expected(), 0, number.reader());
    }

    /** A length of time within bounds, both included. */
    public static ValueKind<Duration> duration(Duration least, Duration most) {
        String expected =
                DurationText.format(least) + " to " + DurationText.format(most) + "; " + DurationText.EXPECTED;
        return new ValueKind<>(expected, least, text -> {
            Duration duration = DurationText.parse(text);
            checkRange(duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0, text);
            return duration;
        });
    }

    /** A size of at least so many bytes. */
    public static ValueKind<Long> size(long least) {
        String expected = "at least " + SizeText.format(least) + "; " + SizeText.EXPECTED;
        return new ValueKind<>(expected, least, text -> {
            long size = SizeText.parse(text);
            checkRange(size >= least, text);
            return size;
        });
    }

    /** A path; a relative one starts from the given folder. */
    static ValueKind<Path> path(Path base) {
        return new ValueKind<>("a path", base, text -> {
            try {
                return base.resolve(text).normalize();
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("'" + text + "' is not a path: " + e.getReason(), e);
            }
        });
    }

    /** One of a few words. */
    public static ValueKind<String> oneOf(String... words) {
        List<String> known = Arrays.asList(words);
        return new ValueKind<>("one of " + String.join(", ", words), words[0], text -> {
            if (!known.contains(text)) {
                throw new IllegalArgumentException("'" + text + "' is unknown"
                        + NearMiss.of(text, known).map(ValueKind::suggestion).orElse(""));
            }
            return text;
        });
    }

    /** The text of a suggestion. */
    public static String suggestion(String nearest) {
        return ", did you mean '" + nearest + "'?";
    }

    private static String name(String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a legal name");
        }
        return text;
    }

    private static int parseInteger(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number in range", e);
        }
    }

    private static boolean truth(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        }
        return text.equals("true");
    }

    private static double share(String text) {
        if (!text.matches("\\d{1,3}(\\.\\d{1,6})?%")) {
            throw new IllegalArgumentException("'" + text + "' is not a share");
        }
        double percent = Double.parseDouble(text.substring(0, text.length() - 1));
        checkRange(percent <= 100, text);
        return percent / 100;
    }

    private static void checkRange(boolean within, String text) {
        if (!within) {
            throw new IllegalArgumentException("'" + text + "' is out of range");
        }
    }
}
