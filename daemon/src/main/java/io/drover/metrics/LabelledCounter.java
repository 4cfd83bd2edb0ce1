package io.drover.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** A counter with one label. It has no more values than a scrape can bear. */
final class LabelledCounter {
    /** Different values of the label; whatever comes beyond is counted under {@value #OTHER}. */
    static final int VALUES_MAX = 64;

    static final String OTHER = "other";

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /**
     * Registers the counter.
     *
     * @param name without {@code _total}
     * @param initial values of the label that are shown from the start, as 0
     */
    LabelledCounter(PrometheusRegistry registry, String name, String help, String label, Collection<String> initial) {
        initial.forEach(value -> counts.put(value, new LongAdder()));
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(callback -> counts.forEach((value, count) -> callback.call((double) count.sum(), value)))
                .register(registry);
    }

    void increment(String value) {
        boolean known = counts.containsKey(value) || counts.size() < VALUES_MAX;
        counts.computeIfAbsent(known ? value : OTHER, first -> new LongAdder()).increment();
    }
}
