package io.drover.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What is counted of this node's lease, of its guests because of it, and of this node as a voter. Safe for any thread;
 * nothing blocks.
 */
public final class LeaseMetrics {
    /** What became of a request to a voter. */
    public enum Answer {
        /** It promises. */
        GRANTED,
        /** It promises this incarnation nothing more. */
        REVOKED,
        /** It knows of another set of voters, or does not vote. */
        REFUSED,
        /** It did not answer in time, or nobody knows where it is. */
        SILENT
    }

    /** What the agent did to a guest because of the lease. */
    public enum Deed {
        /** It stands still, its memory in place. */
        PAUSED,
        /** It executes again. */
        RESUMED,
        /** It was turned off. */
        TURNED_OFF
    }

    /** Close at the low end, where it matters how little was left. */
    private static final double[] MARGINS = {0, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 6, 8, 10, 15, 20, 30, 60};

    private final Counter renewals;
    private final Histogram margin;
    private final Counter guests;

    private volatile Supplier<Optional<Duration>> left = Optional::empty;
    private volatile LongSupplier granted = () -> 0;
    private volatile LongSupplier refused = () -> 0;

    LeaseMetrics(PrometheusRegistry registry) {
        renewals = Counter.builder()
                .name("drover_lease_renewals")
                .help("Requests for a promise, by the voter that was asked and what became of them.")
                .labelNames("voter", "answer")
                .register(registry);
        margin = Histogram.builder()
                .name("drover_lease_margin_seconds")
                .help("What was left of the lease when it was renewed.")
                .classicOnly()
                .classicUpperBounds(MARGINS)
                .register(registry);
        guests = Counter.builder()
                .name("drover_lease_guests")
                .help("Guests that this agent paused, resumed or turned off because of its lease.")
                .labelNames("deed")
                .register(registry);
        for (Deed deed : Deed.values()) {
            guests.initLabelValues(Labels.of(deed));
        }
        GaugeWithCallback.builder()
                .name("drover_lease_left_seconds")
                .help("Time until the lease ends, negative once it has; absent while there never was one.")
                .callback(callback -> left.get().ifPresent(time -> callback.call(time.toNanos() / 1e9)))
                .register(registry);
        CounterWithCallback.builder()
                .name("drover_voter_requests")
                .help("Requests for a promise that this node answered as a voter.")
                .labelNames("answer")
                .callback(callback -> {
                    callback.call((double) granted.getAsLong(), Labels.of(Answer.GRANTED));
                    callback.call((double) refused.getAsLong(), Labels.of(Answer.REFUSED));
                })
                .register(registry);
    }

    /** A voter was asked for a promise. */
    public void asked(String voter, Answer answer) {
        renewals.labelValues(voter, Labels.of(answer)).inc();
    }

    /**
     * The lease was renewed by a majority.
     *
     * @param before what was left of it until then; negative if it had ended
     */
    public void renewed(Duration before) {
        margin.observe(before.toNanos() / 1e9);
    }

    /** A guest was paused, resumed or turned off. */
    public void did(Deed deed) {
        guests.labelValues(Labels.of(deed)).inc();
    }

    /** Where the rest of the lease comes from. */
    public void leftFrom(Supplier<Optional<Duration>> time) {
        left = time;
    }

    /** Where the figures of this node as a voter come from: promises, and requests that got none. */
    public void voterFrom(LongSupplier grants, LongSupplier refusals) {
        granted = grants;
        refused = refusals;
    }
}
