/**
 * Figures about what the agent does, kept with Dropwizard Metrics and served in Prometheus' text format. Callers see
 * typed methods and no metrics library.
 */
@NullMarked
package io.drover.metrics;

import org.jspecify.annotations.NullMarked;
