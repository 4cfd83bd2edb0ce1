package io.drover.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters and timers of Dropwizard Metrics as Prometheus shows them. The library's own bridge gives them a help text
 * of class names, and its timers no sum, without which no average can be drawn; both are added here.
 */
final class DropwizardBridge implements MultiCollector {
    private final MetricRegistry registry = new MetricRegistry();
    private final DropwizardExports exports = new DropwizardExports(registry);
    private final Map<String, String> helps = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> sumsNanos = new ConcurrentHashMap<>();

    /** A new counter; its name without {@code _total}. */
    Counter counter(String name, String help) {
        helps.put(name, help);
        return registry.counter(name);
    }

    /** A new timer; its name ends with {@code _seconds}. */
    Stopwatch stopwatch(String name, String help) {
        helps.put(name, help);
        LongAdder sum = new LongAdder();
        sumsNanos.put(name, sum);
        return new Stopwatch(registry.timer(name), sum);
    }

    /** Takes durations. */
    record Stopwatch(Timer timer, LongAdder sumNanos) {
        void took(Duration duration) {
            timer.update(duration);
            sumNanos.add(Math.max(0, duration.toNanos()));
        }
    }

    @Override
    public MetricSnapshots collect() {
        MetricSnapshots.Builder described = MetricSnapshots.builder();
        exports.collect().forEach(snapshot -> described.metricSnapshot(described(snapshot)));
        return described.build();
    }

    private MetricSnapshot described(MetricSnapshot snapshot) {
        String name = snapshot.getMetadata().getName();
        MetricMetadata metadata = new MetricMetadata(name, helps.getOrDefault(name, ""));
        if (snapshot instanceof CounterSnapshot counter) {
            return new CounterSnapshot(metadata, counter.getDataPoints());
        }
        if (snapshot instanceof SummarySnapshot summary) {
            double sum = sumsNanos.getOrDefault(name, new LongAdder()).sum() / (double) TimeUnit.SECONDS.toNanos(1);
            return new SummarySnapshot(
                    metadata,
                    summary.getDataPoints().stream()
                            .map(point -> new SummaryDataPointSnapshot(
                                    point.getCount(),
                                    sum,
                                    point.getQuantiles(),
                                    point.getLabels(),
                                    point.getExemplars(),
                                    0L))
                            .toList());
        }
        return snapshot;
    }
}
