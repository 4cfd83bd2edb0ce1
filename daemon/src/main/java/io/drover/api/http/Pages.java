package io.drover.api.http;

/**
 * What the pages show. Called by the server's threads; at most two calls of {@link #metrics} and {@link #statusJson} run
 * at a time. An exception becomes an error 500 and a line in the log.
 */
public interface Pages {
    /** All figures in Prometheus' text format. */
    String metrics();

    /** The cluster's status as JSON in UTF-8. Must end within a few seconds. */
    byte[] statusJson();

    /** Whether the agent works: its event loop turned within its limit. Must not block. */
    Condition alive();

    /** Whether the agent can do its part: it has joined and is connected. Must not block. */
    Condition ready();

    /**
     * Whether something is as it should be.
     *
     * @param text why not, or a word if it is
     */
    record Condition(boolean holds, String text) {}
}
