package io.drover.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;

/** What is measured of fencing devices and of take-overs, by the node that coordinates. Safe for any thread. */
public final class FencingMetrics {
    /** What a device is asked. */
    public enum Request {
        /** Whether there is power. */
        READ,
        /** To switch the power off. */
        OFF,
        /** To switch it on. */
        ON
    }

    /** A part of a take-over. */
    public enum Part {
        /** From the last sign of life to the record that the node is being fenced. */
        DETECTION,
        /** From that record to the one that says that the node is fenced. */
        PROOF,
        /** From that record until a VM of the node runs elsewhere; once for each VM. */
        START
    }

    private static final double[] REQUESTS = {0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300};
    private static final double[] TAKEOVERS = {0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60, 120, 300};

    private final Histogram requests;
    private final Histogram takeovers;

    FencingMetrics(PrometheusRegistry registry) {
        requests = Histogram.builder()
                .name("drover_fencing_request_seconds")
                .help("Requests to fencing devices, by what came of them.")
                .labelNames("device", "request", "result")
                .classicOnly()
                .classicUpperBounds(REQUESTS)
                .register(registry);
        takeovers = Histogram.builder()
                .name("drover_takeover_seconds")
                .help("Parts of the time in which a lost node's VMs did not run.")
                .labelNames("part")
                .classicOnly()
                .classicUpperBounds(TAKEOVERS)
                .register(registry);
        for (Part part : Part.values()) {
            takeovers.initLabelValues(Labels.of(part));
        }
    }

    /**
     * A fencing device has answered, or has not in time.
     *
     * @param result the power that was read, or whether the order was taken: a constant whose name says it
     */
    public void requested(String device, Request request, String result, Duration took) {
        requests.labelValues(device, Labels.of(request), result).observe(took.toNanos() / 1e9);
    }

    /** A part of a take-over is over. */
    public void took(Part part, Duration duration) {
        takeovers.labelValues(Labels.of(part)).observe(Math.max(0, duration.toNanos()) / 1e9);
    }
}
