package io.drover.config;

import java.nio.file.Path;

/**
 * One mistake in a configuration file.
 *
 * @param file the file as it was named
 * @param line from 1
 * @param column from 1
 * @param key path of the key, such as {@code zookeeper.embedded.servers.1.host} or {@code probes[0].timeout}; empty if
 *     the mistake concerns the whole file
 * @param what what is wrong
 * @param expected what would be right
 */
public record ConfigProblem(Path file, int line, int column, String key, String what, String expected) {
    /** The problem in one line: {@code file:line:column: key: what is wrong (expected: ...)}. */
    @Override
    public String toString() {
        String subject = key.isEmpty() ? "" : key + ": ";
        return file + ":" + line + ":" + column + ": " + subject + what + " (expected: " + expected + ")";
    }
}
