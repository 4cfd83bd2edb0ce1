package io.drover.sim.hyperv.storage;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sign of life of a guest, as it writes one to its own disk again and again while it executes.
 *
 * @param vm its identifier
 * @param boot how often it had been started from this disk, from 1
 * @param counter from 0 at each start; goes on through migrations, pauses and saved states
 * @param host where it executed
 * @param at when
 */
public record Tick(String vm, long boot, long counter, String host, Instant at) {
    private static final Pattern LINE = Pattern.compile("tick (\\S+) (\\d+) (\\d+) (\\S+) (\\S+)");

    /** As a line of a disk. */
    String line() {
        return "tick " + vm + " " + boot + " " + counter + " " + host + " " + at + "\n";
    }

    /** Reads a line of a disk, if it is a tick. */
    static Optional<Tick> parse(String line) {
        Matcher parts = LINE.matcher(line);
        return parts.matches()
                ? Optional.of(new Tick(
                        parts.group(1),
                        Long.parseLong(parts.group(2)),
                        Long.parseLong(parts.group(3)),
                        parts.group(4),
                        Instant.parse(parts.group(5))))
                : Optional.empty();
    }
}
