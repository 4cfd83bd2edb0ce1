package io.drover.model;

import java.time.Instant;

/**
 * One probe's verdict.
 *
 * @param name the probe's name
 * @param level the verdict, after the probe's n of m and its hold-off
 * @param evidence in words
 * @param since when it came to this level, by the clock of its node
 */
public record ProbeStatus(String name, HealthLevel level, String evidence, Instant since) {}
