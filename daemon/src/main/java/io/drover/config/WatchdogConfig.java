package io.drover.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A timer outside of the operating system that resets the host unless it is fed.
 *
 * @param device where it is fed
 * @param timeout after which it resets the host, as it is set up in the system; one second to a minute
 */
public record WatchdogConfig(Path device, Duration timeout) {}
